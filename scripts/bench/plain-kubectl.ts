import { execFileSync } from 'node:child_process'
import { readdirSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * kubectl itself. Google's package puts a dispatcher in its place, which first asks the server's version; the real ones stand
 * beside it, as kubectl.1.33, and comparing with the dispatcher would flatter us.
 */
export function plainKubectl(): string {
  const found = realpathSync(execFileSync('sh', ['-c', 'command -v kubectl'], { encoding: 'utf8' }).trim())
  const versions = readdirSync(dirname(found)).filter(name => /^kubectl\.1\.\d+$/.test(name))
  const newest = versions.toSorted((a, b) => Number(b.split('.')[2]) - Number(a.split('.')[2]))[0]
  return newest ? join(dirname(found), newest) : found
}
