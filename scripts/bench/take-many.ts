import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ManyJobs, startManyJobs } from './many-jobs.ts'
import { peakOf } from './peak.ts'

/** One `take --all -A`. */
interface TakeOfMany {
  readonly jobs: number
  /** Without those for the records. */
  readonly requests: number
  readonly forRecords: number
  readonly seconds: number
  readonly peakMb: number
}

const take = ['take', '--all', '-A', '--yes', '--concurrency', '32', '-o', 'name']
const sizes = [100, 1000, 2000, 4000]

/** The section of docs/benchmarks.md about many jobs at once. */
export async function takeManySection(binary: string): Promise<string> {
  const measured: TakeOfMany[] = []
  for (const jobs of sizes) measured.push(await measure(binary, jobs))
  return `## Many at once

\`take --all -A --yes --concurrency 32\` on the API server of the sandbox, with jobs of 8 KiB in ten namespaces, and an operator that completes
each savepoint after 0.2 s; caches warm. The bar: at most 2 requests a job and a constant, records apart, and memory that does not grow with the jobs.

| jobs | requests | beyond 2 a job | requests for records | wall s | peak memory MB |
|---:|---:|---:|---:|---:|---:|
${measured.map(row).join('\n')}
`
}

function row({ jobs, requests, forRecords, seconds, peakMb }: TakeOfMany): string {
  return `| ${jobs} | ${requests} | ${requests - 2 * jobs} | ${forRecords} | ${seconds.toFixed(1)} | ${Math.round(peakMb)} |`
}

async function measure(binary: string, jobs: number): Promise<TakeOfMany> {
  const many = await startManyJobs(jobs)
  const home = mkdtempSync(join(tmpdir(), 'flinksp-bench-'))
  try {
    writeFileSync(join(home, 'kubeconfig'), many.server.kubeconfig('admin'), { mode: 0o600 })
    await run([binary, 'history', '-A', '-o', 'name'], home)
    const known = requestsOf(many).length
    const { seconds, peakMb } = await run([binary, ...take], home)
    const requests = requestsOf(many).slice(known)
    const records = requests.filter(path => /\/configmaps\b/.test(path))
    const own = requests.length - records.length
    return { jobs, requests: own, forRecords: records.length, seconds, peakMb }
  } finally {
    rmSync(home, { recursive: true, force: true })
    await many.close()
  }
}

function requestsOf({ server }: ManyJobs): string[] {
  return server
    .requests()
    .filter(({ user }) => user === 'admin')
    .map(({ path }) => path)
}

async function run([program = '', ...words]: readonly string[], home: string) {
  const began = performance.now()
  const env = { HOME: home, KUBECONFIG: join(home, 'kubeconfig'), PATH: '/usr/bin:/bin' }
  const child = spawn(program, words, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  let peakMb = 0
  const looking = setInterval(() => {
    peakMb = Math.max(peakMb, peakOf(child.pid))
  }, 20)
  const code = await new Promise(resolve => child.once('exit', resolve))
  clearInterval(looking)
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}`)
  return { seconds: (performance.now() - began) / 1000, peakMb }
}
