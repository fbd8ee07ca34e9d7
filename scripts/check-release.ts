import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

/** `npm run check:release`: what takes too long for every change, one after the other; says how long each took. `-- --fuzz-seconds 60`. */
const { values } = parseArgs({ options: { 'fuzz-seconds': { type: 'string', default: '600' } } })
const steps: readonly { readonly what: string; readonly args: readonly string[] }[] = [
  { what: 'the savepoints of five releases of real Flink', args: ['scripts/fixtures.ts', '--check'] },
  {
    what: `${values['fuzz-seconds']} s of spoilt savepoints`,
    args: ['scripts/fuzz.ts', '--seconds', values['fuzz-seconds']],
  },
  { what: 'what holds whatever happens', args: ['scripts/properties.ts', '--times', '30'] },
  { what: 'inspect beside Flink’s own reader', args: ['scripts/inspect-bar.ts'] },
  { what: 'the Tab key in zsh and fish', args: mocha('test/binary/shells/release.ts') },
  { what: 'the site of the documents, its links and its looks', args: ['scripts/site.ts', '--check'] },
  { what: 'HDFS itself, over WebHDFS', args: mocha('test/e2e/storage/hdfs/release.ts') },
  { what: 'the release for six platforms', args: ['scripts/release.ts', '--local'] },
  { what: 'what is in its archives', args: mocha('test/e2e/release/release.ts') },
  { what: 'Linux on arm64, by QEMU', args: mocha('test/e2e/release/arm64.ts') },
  { what: 'krew itself', args: mocha('test/e2e/release/krew.ts') },
  { what: 'the release, built again', args: mocha('test/e2e/release/again.ts') },
]

const failed: string[] = []
const begun = performance.now()
for (const { what, args } of steps) {
  console.log(`${what}: node ${args.join(' ')}`)
  const began = performance.now()
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) failed.push(what)
  console.log(`${what}: ${status === 0 ? 'good' : 'FAILED'} after ${seconds(began)} s`)
}
console.log(`${steps.length - failed.length} passed, ${failed.length} failed, ${seconds(begun)} s in all`)
process.exitCode = failed.length > 0 ? 1 : 0

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 1_000)
}

/** A file that `npm run test:e2e` leaves out. */
function mocha(file: string): string[] {
  return ['node_modules/mocha/bin/mocha.js', '--no-config', '--no-package', '--timeout', '300000', file]
}
