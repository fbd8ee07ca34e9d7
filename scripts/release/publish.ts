import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../../test/e2e/processes.ts'
import { manifestFile } from '../krew/manifest.ts'
import type { Edition } from './edition.ts'

/** Puts the files of a release beside its tag on GitHub, by its own `gh`, which takes the login from GH_TOKEN. */
export async function publish({ version }: Edition, folder: string): Promise<void> {
  const { stdout: changed } = await run('git', ['status', '--porcelain', '--', manifestFile])
  if (changed.trim() !== '') {
    throw new Error(
      `${manifestFile} of the tagged commit has other checksums than what was built of it: commit the one that is here now, and tag that`,
    )
  }
  const files = await readdir(folder, { withFileTypes: true })
  const paths = files.filter(entry => entry.isFile()).map(({ name }) => join(folder, name))
  const tag = `v${version}`
  const words = [
    'release',
    'create',
    tag,
    ...paths.sort(),
    '--verify-tag',
    '--title',
    tag,
    '--generate-notes',
  ]
  await run('gh', version.includes('-') ? [...words, '--prerelease'] : words)
}
