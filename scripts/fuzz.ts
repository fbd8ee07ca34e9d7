import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { parseArgs } from 'node:util'
import { Failure } from '../src/domain/failure.ts'
import { readMetadata } from '../src/savepoint/read.ts'
import { everything } from '../test/savepoint/everything.ts'
import { sourceOf } from '../test/savepoint/reads.ts'
import { spoilt } from '../test/savepoint/spoilt.ts'
import { dice } from '../test/support/dice.ts'

/**
 * Spoils savepoints, of real Flink and with every kind of handle, and keeps those that bring the reader of _metadata to a place where it has not been, to spoil them further:
 * V8's own block coverage says so. Whatever is neither read nor refused, or takes too long, is written to dist/fuzz.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
})
const tooLongMs = 2_000
/** Coverage is asked for after so many: asking costs more than reading. */
const batch = 50

/** Less is refused at once, whatever is in it. */
const smallest = 64

const chance = dice(Number(values.seed))
const corpus = [2, 3, 4, 5, 6].map(everything) as [Buffer, ...Buffer[]]
const real = globSync('test/savepoint/fixtures/*/*/_metadata').sort()
if (real.length === 0) throw new Error('test/savepoint/fixtures has no savepoints')
corpus.push(...real.map(path => readFileSync(path)))
const covered = new Set<string>()
const known = new Set<string>()
const coverage = new Session()
coverage.connect()
await coverage.post('Profiler.enable')
await coverage.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })

const end = performance.now() + Number(values.seconds) * 1_000
let tried = 0
let bad = 0
console.log(`seed ${values.seed}, ${values.seconds} s`)
while (performance.now() < end) {
  const inputs = Array.from({ length: batch }, () => spoilt(chance.pick(corpus), chance))
  for (const input of inputs) await mustEnd(input)
  tried += batch
  if (await hasNewBlocks()) for (const input of inputs) await keepIfNew(input)
}
console.log(`${tried} tried, ${corpus.length} kept, ${covered.size} blocks reached, ${bad} bad`)
process.exit(bad > 0 ? 1 : 0)

async function mustEnd(input: Buffer): Promise<void> {
  const before = performance.now()
  const wrong = await readMetadata(sourceOf(input), 'it', { files: true }).then(
    () => undefined,
    error => (error instanceof Failure ? undefined : error),
  )
  if (wrong === undefined && performance.now() - before < tooLongMs) return
  bad++
  mkdirSync('dist/fuzz', { recursive: true })
  writeFileSync(`dist/fuzz/${bad}`, input)
  console.error(`dist/fuzz/${bad}: ${wrong?.stack ?? 'took too long'}`)
}

/** Since it was last asked. */
async function hasNewBlocks(): Promise<boolean> {
  const before = covered.size
  for (const block of await blocks()) covered.add(block)
  return covered.size > before
}

/** One of a batch that reached new blocks stays if it is the first to reach one. */
async function keepIfNew(input: Buffer): Promise<void> {
  await blocks()
  await mustEnd(input)
  const reached = (await blocks()).filter(block => !known.has(block))
  if (input.length < smallest || reached.length === 0) return
  for (const block of reached) known.add(block)
  corpus.push(input)
}

async function blocks(): Promise<string[]> {
  const { result } = await coverage.post('Profiler.takePreciseCoverage')
  return result
    .filter(({ url }) => url.includes('/src/savepoint/'))
    .flatMap(({ url, functions }) =>
      functions.flatMap(({ ranges }) =>
        ranges
          .filter(({ count }) => count > 0)
          .map(({ startOffset, endOffset, count }) => `${url} ${startOffset} ${endOffset} ${bucket(count)}`),
      ),
    )
}

/** As AFL counts: once, twice, a few times, often. */
function bucket(count: number): number {
  return Math.min(8, Math.floor(Math.log2(count)))
}
