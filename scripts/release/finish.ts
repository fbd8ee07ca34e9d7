import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { builtGoModule } from '../../test/e2e/go-module.ts'
import { run } from '../../test/e2e/processes.ts'
import type { Platform } from '../build/platforms.ts'
import { readyToSign } from './formats/mach-o.ts'
import { withoutSignature } from './formats/pe.ts'

/** What a system wants of a program before it runs it, after something was put into it. */
export async function finish(file: string, { os }: Platform, say: (line: string) => void): Promise<void> {
  if (os === 'darwin') await signAdHoc(file, say)
  if (os === 'windows') await writeFile(file, withoutSignature(await readFile(file)))
}

/**
 * macOS on arm64 runs nothing unsigned; a signature of nobody will do. Apple's codesign is on macOS alone, quill (Go) signs anywhere, with
 * no time in it, so that the same program is signed the same.
 */
async function signAdHoc(file: string, say: (line: string) => void): Promise<void> {
  const folder = join(import.meta.dirname, 'signer')
  const packages = ['github.com/anchore/quill/cmd/quill']
  const tools = await builtGoModule({ name: 'signer', folder, packages }, say)
  await writeFile(file, readyToSign(await readFile(file)))
  const words = ['sign', file, '--ad-hoc', '--identity', 'kubectl-flinksp', '--quiet']
  await run(join(tools, 'quill'), words)
}
