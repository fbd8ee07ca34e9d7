import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describedCommands } from './docs/described.ts'
import { manPages } from './docs/man.ts'

/** Writes the man pages of this version to dist/man/; dated by its last commit, so that two builds are the same. */
const folder = 'dist/man'
const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
const date = execFileSync('git', ['log', '-1', '--format=%cs'], { encoding: 'utf8' }).trim()
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
for (const [file, text] of manPages(await describedCommands(), { version, date }))
  writeFileSync(join(folder, file), text)
