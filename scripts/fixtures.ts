import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { everything } from '../test/savepoint/everything.ts'
import { asFlinkTells, inspectIn, mustBeWhole } from './fixtures/compare.ts'
import { asFlinkReads, type Flink, installFlink, makeSavepoints } from './fixtures/flink.ts'
import { type Kind, newest, type Release, releases } from './fixtures/kinds.ts'

/**
 * `npm run fixtures -- [--check|--reread] [--kind NAME] [VERSION…]`: takes savepoints of every kind with real releases of Flink, holds our reader to
 * what Flink's own says of each and to the files that lie there, and keeps them in test/savepoint/fixtures; with --check keeps nothing.
 * With --reread only what our reader makes of those that are kept is written anew, for a look at what changed.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    check: { type: 'boolean', default: false },
    reread: { type: 'boolean', default: false },
    kind: { type: 'string' },
  },
})
const fixtures = join(import.meta.dirname, '..', 'test', 'savepoint', 'fixtures')
for (const release of releases.filter(
  ({ version }) => positionals.length === 0 || positionals.includes(version),
))
  await (values.reread ? reread(release) : oneRelease(release))

async function oneRelease(release: Release): Promise<void> {
  const begun = performance.now()
  const flink = await installFlink(release, console.log)
  const scratch = await scratchFor(release)
  try {
    const kinds = release.kinds.filter(({ name }) => values.kind === undefined || name === values.kind)
    const made = await makeSavepoints(flink, scratch, kinds)
    const told = await asFlinkReads(flink, [...made.values()])
    if (release === newest) await mustReadEveryHandle(flink, scratch)
    const kept: [string, Kept][] = []
    for (const [at, [name, directory]] of [...made].entries()) {
      await mustAgree(directory, told[at])
      const kind = kinds.find(each => each.name === name)
      if (!values.check && kind) kept.push([name, await keep(release, kind, directory, told[at])])
    }
    if (!values.check) await write(release, values.kind === undefined ? kept : await among(release, kept))
    const seconds = Math.round((performance.now() - begun) / 1_000)
    console.log(
      `Flink ${release.version}: ${made.size} savepoints are read as Flink reads them (${seconds} s)`,
    )
  } finally {
    await rm(scratch, { recursive: true })
  }
}

/** Of one savepoint, for the two files beside them. */
interface Kept {
  readonly made: object
  readonly expected: object
}

/** What is kept has paths of this folder in it: those of the next time shall be the same. */
async function scratchFor({ version }: Release): Promise<string> {
  if (values.check) return await mkdtemp(join(tmpdir(), `flinksp-fixtures-${version}-`))
  const scratch = join(tmpdir(), 'flinksp-fixtures', version)
  await rm(scratch, { recursive: true, force: true })
  await mkdir(scratch, { recursive: true })
  return scratch
}

/** Those too that no job has here: they are put together by hand, and Flink reads them as we do. */
async function mustReadEveryHandle(flink: Flink, scratch: string): Promise<void> {
  const versions = [2, 3, 4, 5, 6]
  const folders = versions.map(version => join(scratch, `every-handle-${version}`))
  for (const [at, folder] of folders.entries()) {
    await mkdir(folder)
    await writeFile(join(folder, '_metadata'), everything(versions[at] ?? 0))
  }
  const told = await asFlinkReads(flink, folders)
  for (const [at, folder] of folders.entries()) {
    const { inspection } = await inspectIn(folder, folder)
    assert.deepEqual(asFlinkTells(inspection, false), told[at], folder)
  }
}

async function mustAgree(directory: string, told: unknown): Promise<void> {
  const inspected = await inspectIn(directory, directory)
  const withProperties = (told as { properties: object | null }).properties !== null
  assert.deepEqual(asFlinkTells(inspected.inspection, withProperties), told, directory)
  await mustBeWhole(inspected, directory)
}

/** Copies a savepoint, and gives what is to be known of it. */
async function keep(release: Release, kind: Kind, directory: string, told: unknown): Promise<Kept> {
  const folder = join(fixtures, release.version, kind.name)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const names = kind.whole ? await readdir(directory) : await filesThatTell(directory)
  for (const name of names) await cp(resolve(directory, name), join(folder, basename(name)))
  const sha256 = createHash('sha256')
    .update(await readFile(join(folder, '_metadata')))
    .digest('hex')
  const { inspection } = await inspectIn(folder, `file:${directory}`)
  const { action, settings } = kind
  return {
    made: { action, settings, directory: `file:${directory}`, sha256 },
    expected: { asFlinkReads: told, inspection },
  }
}

/** `_metadata`, and those that it takes to know the states, wherever they lie: the others are never looked into. */
async function filesThatTell(directory: string): Promise<string[]> {
  const names = ['_metadata']
  await inspectIn(directory, directory, path => names.push(path))
  return [...new Set(names)]
}

async function reread(release: Release): Promise<void> {
  const kept: [string, Kept][] = []
  for (const [name, { made, expected }] of await known(release)) {
    const { directory } = made as { directory: string }
    const { inspection } = await inspectIn(join(fixtures, release.version, name), directory)
    kept.push([name, { made, expected: { ...expected, inspection } }])
  }
  await write(release, kept)
}

/** In the place of those of their name. */
async function among(release: Release, kept: readonly [string, Kept][]): Promise<[string, Kept][]> {
  const made = new Map(kept)
  return (await known(release)).map(([name, old]) => [name, made.get(name) ?? old])
}

/** What the two files beside the savepoints say. */
async function known({ version, kinds }: Release): Promise<[string, Kept][]> {
  const json = async (name: string) => JSON.parse(await readFile(join(fixtures, version, name), 'utf8'))
  const { savepoints } = await json('savepoints.json')
  const expected = await json('expected.json')
  return kinds.map(({ name }) => [name, { made: savepoints[name], expected: expected[name] }])
}

/** savepoints.json: how they were made; expected.json: what is in them. */
async function write({ version }: Release, kept: readonly [string, Kept][]): Promise<void> {
  const command = `npm run fixtures -- ${version}`
  const made = kept.map(([name, { made }]) => [name, made])
  const text = JSON.stringify({ flink: version, command, savepoints: Object.fromEntries(made) }, undefined, 1)
  await writeFile(join(fixtures, version, 'savepoints.json'), `${text}\n`)
  const expected = kept.map(([name, { expected }]) => `"${name}": ${operatorByOperator(expected)}`)
  await writeFile(join(fixtures, version, 'expected.json'), `{\n${expected.join(',\n')}\n}\n`)
}

/** A line for each operator. */
function operatorByOperator(value: object): string {
  return JSON.stringify(value)
    .replaceAll('{"id":"', '\n{"id":"')
    .replaceAll('"inspection":', '\n"inspection":')
}
