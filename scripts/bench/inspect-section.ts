import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installFlink } from '../fixtures/flink.ts'
import { type Large, largeFiles, writeLarge } from './inspect-large.ts'
import { peakOf } from './peak.ts'
import { compare, median } from './process-times.ts'

/** Of one program on one file. */
interface Cost {
  readonly seconds: number
  readonly peakMb: number
}

interface Beside {
  readonly what: string
  readonly fileMb: number
  readonly ours: Cost
  readonly withFiles: Cost
  readonly flinks: Cost
}

const mb = 1024 * 1024
const runs = 7

/** The section of docs/benchmarks.md about `inspect`. */
export async function inspectSection(binary: string): Promise<string> {
  const flink = await installFlink({ version: '2.3.0', profiles: ['dstl', 'forst'] }, console.log)
  const reader = ['java', '-cp', flink.classpath, 'ReadSavepoint']
  const scratch = mkdtempSync(join(tmpdir(), 'flinksp-bench-'))
  try {
    const measured: Beside[] = []
    for (const large of largeFiles) measured.push(await besideFlink(binary, reader, large, scratch))
    return section(measured, smallOne(binary, join(scratch, 'small')))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function section(measured: readonly Beside[], small: ReturnType<typeof smallOne>): string {
  return `## Inspecting a savepoint

\`inspect\` of a \`_metadata\` of about 100 MB with 200,000 handles on the local disk, beside Flink 2.3's own reader (Checkpoints.loadCheckpointMetadata in a
small main, the JVM as it is by default), as whole processes, run in turn; medians of ${runs}. The bar: at most half the time, and
memory at most 2 × the file.

| what fills the file | MB | \`inspect\` s | \`inspect --files\` s | Flink's reader s | ratio | peak MB | with --files | Flink's reader |
|---|---:|---:|---:|---:|---:|---:|---:|---:|
${measured.map(row).join('\n')}

\`inspect\` of a \`_metadata\` of ${Math.round(small.bytes / 1024)} KiB: ${ms(small.inspect)} ms, \`version\`: ${ms(small.version)} ms; **${(small.inspect / small.version).toFixed(2)} ×** (the bar: 1.2 ×).
`
}

function row({ what, fileMb, ours, withFiles, flinks }: Beside): string {
  const seconds = [ours, withFiles, flinks].map(cost => cost.seconds.toFixed(2))
  const peaks = [ours, withFiles, flinks].map(cost => Math.round(cost.peakMb))
  const ratio = `**${(ours.seconds / flinks.seconds).toFixed(2)} ×**`
  return `| ${[what, Math.round(fileMb), ...seconds, ratio, ...peaks].join(' | ')} |`
}

function ms(seconds: number): number {
  return Math.round(seconds * 1000)
}

async function besideFlink(
  binary: string,
  reader: readonly string[],
  large: Large,
  scratch: string,
): Promise<Beside> {
  const directory = join(scratch, large.name)
  const fileMb = writeLarge(large, directory) / mb
  const all: Record<'ours' | 'withFiles' | 'flinks', Cost[]> = { ours: [], withFiles: [], flinks: [] }
  for (let run = 0; run < runs; run++) {
    all.ours.push(await costOf([binary, 'inspect', directory], [0]))
    // Their files are not there: 3.
    all.withFiles.push(await costOf([binary, 'inspect', directory, '--files', '-o', 'json'], [0, 3]))
    all.flinks.push(await costOf([...reader, directory], [0]))
  }
  const [ours, withFiles, flinks] = [all.ours, all.withFiles, all.flinks].map(medians) as [Cost, Cost, Cost]
  return { what: large.what, fileMb, ours, withFiles, flinks }
}

function medians(costs: readonly Cost[]): Cost {
  return {
    seconds: median(costs.map(({ seconds }) => seconds)),
    peakMb: median(costs.map(({ peakMb }) => peakMb)),
  }
}

async function costOf([program = '', ...words]: readonly string[], good: readonly number[]): Promise<Cost> {
  const began = performance.now()
  const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'ignore'] })
  let peakMb = 0
  const looking = setInterval(() => {
    peakMb = Math.max(peakMb, peakOf(child.pid))
  }, 5)
  const code = await new Promise<number | null>(resolve => child.once('exit', resolve))
  clearInterval(looking)
  if (code === null || !good.includes(code))
    throw new Error(`${program} ${words.join(' ')} ended with ${code}`)
  return { seconds: (performance.now() - began) / 1000, peakMb }
}

function smallOne(binary: string, directory: string) {
  const bytes = writeLarge(largeFiles[0] as Large, directory, 1, 2)
  const figures = compare(
    {
      inspect: { command: binary, args: ['inspect', directory], env: {} },
      version: { command: binary, args: ['version'], env: {} },
    },
    25,
  )
  return { bytes, inspect: figures.inspect.wall, version: figures.version.wall }
}
