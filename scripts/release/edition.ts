import { readFileSync } from 'node:fs'
import { run } from '../../test/e2e/processes.ts'

/** Which release it is. */
export interface Edition {
  /** Without v. */
  readonly version: string
  /** Of the last change that counts, so that two builds of it say the same. */
  readonly time: Date
}

export async function edition(): Promise<Edition> {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  // plugin.yaml is written from what was built: committing it must not make the next build another.
  const { stdout } = await run('git', ['log', '-1', '--format=%aI', '--', '.', ':!plugin.yaml'])
  return { version, time: new Date(stdout.trim()) }
}

/** What is published is what the tag says, and can be built again from it. */
export async function refuseUnlessTagged({ version }: Edition): Promise<void> {
  const { stdout: changes } = await run('git', ['status', '--porcelain'])
  const { stdout: tags } = await run('git', ['tag', '--points-at', 'HEAD'])
  if (changes.trim() === '' && tags.split('\n').includes(`v${version}`)) return
  throw new Error(
    `a release is made of a commit with the tag v${version} and nothing changed since; \`npm run release -- --local\` builds what is here`,
  )
}
