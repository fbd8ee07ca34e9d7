import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Server, startServer } from '../../test/e2e/server.ts'
import { createJob } from './job.ts'
import { plainKubectl } from './plain-kubectl.ts'
import { median } from './process-times.ts'

/** One program's whole process: seconds until it ended, and the most memory it ever held, in MiB. */
export interface Weight {
  readonly wall: number
  readonly peak: number
}

export interface Many {
  readonly jobs: number
  readonly runs: number
  readonly history: Weight
  readonly kubectl: Weight
}

/** A FlinkCluster of about 8 KiB as the API server gives it: managedFields, and properties as people have them. */
const properties = Object.fromEntries(
  Array.from({ length: 60 }, (_, number) => [`example.property-${number}`, 'x'.repeat(50)]),
)
const atOnce = 16

/** `history -A` beside `kubectl get -A -o json` of the same objects. The bar: 1.5 × wall, and 1 × peak memory. */
export async function measureHistoryMany(
  server: Server,
  binary: string,
  jobs: number,
  runs: number,
): Promise<Many> {
  await createJobs(server, jobs)
  const env = { ...(await server.environment('admin')), NODE_EXTRA_CA_CERTS: '' }
  const programs = {
    history: [binary, 'history', '-A'],
    kubectl: [plainKubectl(), 'get', 'flinkclusters', '-A', '-o', 'json'],
  }
  const all: Record<keyof typeof programs, Weight[]> = { history: [], kubectl: [] }
  for (let run = -1; run < runs; run++) {
    for (const name of ['history', 'kubectl'] as const) {
      const weight = await weigh(programs[name], env)
      // The first fills caches.
      if (run >= 0) all[name].push(weight)
    }
  }
  return { jobs, runs, history: medians(all.history), kubectl: medians(all.kubectl) }
}

async function createJobs({ controlPlane }: Server, jobs: number): Promise<void> {
  const numbers = Array.from({ length: jobs }, (_, number) => number).values()
  const worker = async () => {
    for (const number of numbers) await createJob(controlPlane.api, `job-${number}`, properties)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

/** The kernel keeps the peak of a process until it ends; it is asked for often, since nobody tells before the end. */
async function weigh([file = '', ...args]: string[], env: Record<string, string>): Promise<Weight> {
  const began = performance.now()
  const child = spawn(file, args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = once(child, 'close')
  let peak = 0
  const looking = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '')
    peak = Math.max(peak, Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0))
  }, 10)
  const [code] = await ended
  clearInterval(looking)
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${code}`)
  return { wall: (performance.now() - began) / 1_000, peak: peak / 1_024 }
}

function medians(all: readonly Weight[]): Weight {
  return { wall: median(all.map(({ wall }) => wall)), peak: median(all.map(({ peak }) => peak)) }
}

/** `node scripts/bench/history-many.ts [JOBS] [RUNS]` */
if (import.meta.main) {
  const [, , jobs = '5000', runs = '5'] = process.argv
  const server = await startServer()
  try {
    await server.install('spotify')
    const binary = join(import.meta.dirname, '..', '..', 'dist', 'kubectl-flinksp')
    const { history, kubectl } = await measureHistoryMany(server, binary, Number(jobs), Number(runs))
    const ratio = { wall: history.wall / kubectl.wall, peak: history.peak / kubectl.peak }
    console.table({ history, kubectl, ratio })
  } finally {
    await server.stop()
  }
}
