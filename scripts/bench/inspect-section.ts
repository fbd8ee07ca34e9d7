import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installFlink } from '../fixtures/flink.ts'
import { newest } from '../fixtures/kinds.ts'
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
  readonly flinks: Cost
}

const mb = 1024 * 1024
const runs = 7

/** What is measured. */
export interface InspectCosts {
  readonly large: readonly Beside[]
  /** Seconds, of a `_metadata` of so many bytes. */
  readonly small: { readonly bytes: number; readonly inspect: number; readonly version: number }
}

/** Runs both readers on files of 100 MB, and ours on a small one beside `version`. */
export async function measureInspect(binary: string): Promise<InspectCosts> {
  const flink = await installFlink(newest, console.log)
  const reader = ['java', '-cp', flink.classpath, 'ReadSavepoint']
  const scratch = mkdtempSync(join(tmpdir(), 'flinksp-bench-'))
  try {
    const large: Beside[] = []
    for (const each of largeFiles) large.push(await besideFlink(binary, reader, each, scratch))
    return { large, small: smallOne(binary, join(scratch, 'small')) }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** The section of docs/benchmarks.md about `inspect`. */
export async function inspectSection(binary: string): Promise<string> {
  return section(await measureInspect(binary))
}

function section({ large, small }: InspectCosts): string {
  return `## Inspecting a savepoint

\`inspect\` of a \`_metadata\` of about 100 MB with 200,000 handles on the local disk, beside the own reader of Flink ${newest.version} (Checkpoints.loadCheckpointMetadata in a
small main, the JVM as it is by default), as whole processes, run in turn; medians of ${runs}. The bar: at most half the time, and
memory at most 2 × the file.

| what fills the file | MB | \`inspect\` s | Flink's reader s | ratio | peak MB | Flink's reader |
|---|---:|---:|---:|---:|---:|---:|
${large.map(row).join('\n')}

\`inspect\` of a \`_metadata\` of ${Math.round(small.bytes / 1024)} KiB: ${ms(small.inspect)} ms, \`version\`: ${ms(small.version)} ms; **${(small.inspect / small.version).toFixed(2)} ×** (the bar: 1.2 ×).
`
}

function row({ what, fileMb, ours, flinks }: Beside): string {
  const seconds = [ours, flinks].map(cost => cost.seconds.toFixed(2))
  const peaks = [ours, flinks].map(cost => Math.round(cost.peakMb))
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
  const all: Record<'ours' | 'flinks', Cost[]> = { ours: [], flinks: [] }
  for (let run = 0; run < runs; run++) {
    all.ours.push(await costOf([binary, 'inspect', directory]))
    all.flinks.push(await costOf([...reader, directory]))
  }
  return { what: large.what, fileMb, ours: medians(all.ours), flinks: medians(all.flinks) }
}

function medians(costs: readonly Cost[]): Cost {
  return {
    seconds: median(costs.map(({ seconds }) => seconds)),
    peakMb: median(costs.map(({ peakMb }) => peakMb)),
  }
}

async function costOf([program = '', ...words]: readonly string[]): Promise<Cost> {
  const began = performance.now()
  const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'ignore'] })
  let peakMb = 0
  const looking = setInterval(() => {
    peakMb = Math.max(peakMb, peakOf(child.pid))
  }, 5)
  const code = await new Promise<number | null>(resolve => child.once('exit', resolve))
  clearInterval(looking)
  if (code !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${code}`)
  return { seconds: (performance.now() - began) / 1000, peakMb }
}

function smallOne(binary: string, directory: string): InspectCosts['small'] {
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
