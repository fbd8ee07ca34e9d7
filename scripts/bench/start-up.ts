import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Server, startServer } from '../../test/e2e/server.ts'
import { binary } from '../build/binary.ts'
import { bundle } from '../build/bundle.ts'
import { here } from '../build/platforms.ts'
import { askedOfHistory } from './asked.ts'
import { type Large, largeFiles, writeLarge } from './inspect-large.ts'
import { createJob } from './job.ts'
import { plainKubectl } from './plain-kubectl.ts'
import { compare, type Figures, type Program } from './process-times.ts'
import { startUpCosts } from './start-up-costs.ts'

type Name =
  | ('history' | 'bare' | 'get' | 'packages' | 'floor')
  | ('help' | 'takeHelp' | 'complete' | 'version' | 'client' | 'empty')
  | 'inspect'

export type StartUp = Readonly<Record<Name, Figures>> & { readonly runs: number; readonly inspected: number }

/** Node's own client, which asks what `history` of one job asks. */
const floor = join(import.meta.dirname, 'floor.cjs')

/** Fewer would make the ratios of programs of 40 ms a matter of luck. */
const fewestRuns = 30

/** All on one API server with a job `wordcount`, caches warm; `inspect` of a small `_metadata` here. */
export async function measureStartUp(server: Server, binary: string, runs: number): Promise<StartUp> {
  // Set, it makes every Node program read some 140 certificates, which our kubeconfig does not use.
  const env = { ...(await server.environment('admin')), NODE_EXTRA_CA_CERTS: '' }
  const kubectl = plainKubectl()
  const scratch = mkdtempSync(join(tmpdir(), 'flinksp-bench-'))
  try {
    const inspected = writeLarge(largeFiles[0] as Large, scratch, 1, 2)
    const ours = (...args: string[]): Program => ({ command: binary, args, env })
    const theirs = (...args: string[]): Program => ({ command: kubectl, args, env })
    const node = (...args: string[]): Program => ({ command: process.execPath, args, env })
    const programs: Readonly<Record<Name, Program>> = {
      history: ours('history', 'flinkcluster/wordcount'),
      bare: ours('history', 'wordcount'),
      get: theirs('get', 'flinkcluster', 'wordcount'),
      packages: { command: await packagesAlone(scratch), args: ['history', 'flinkcluster/wordcount'], env },
      floor: node(floor, ...askedOfHistory('wordcount')),
      help: ours('--help'),
      takeHelp: ours('take', '--help'),
      complete: ours('__complete', 'ta'),
      version: ours('version'),
      client: theirs('version', '--client'),
      empty: node('-e', ''),
      inspect: ours('inspect', scratch),
    }
    return { runs, inspected, ...compare(programs, runs) }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** An executable of Node and the packages, in `folder`. */
async function packagesAlone(folder: string): Promise<string> {
  const entry = 'scripts/bench/floor-packages.ts'
  const output = join(folder, 'floor-packages')
  await binary({ bundle: await bundle({ entry, folder: `${output}.bundle` }), output, platform: here })
  return output
}

export type HistoryBesideGet = Readonly<Record<'history' | 'get', Figures>>

/** `history` of one job of another kind beside `kubectl get`. */
export async function measureHistory(
  server: Server,
  binary: string,
  runs: number,
  kind: string,
): Promise<HistoryBesideGet> {
  const env = { ...(await server.environment('admin')), NODE_EXTRA_CA_CERTS: '' }
  return compare(
    {
      history: { command: binary, args: ['history', `${kind}/wordcount`], env },
      get: { command: plainKubectl(), args: ['get', kind, 'wordcount'], env },
    },
    runs,
  )
}

/** The section of docs/benchmarks.md about start-up. */
export async function startUpSection(binary: string, runs: number): Promise<string> {
  const server = await startServer()
  try {
    await server.install('spotify')
    await createJob(server.controlPlane.api, 'wordcount')
    return section(await measureStartUp(server, binary, Math.max(runs, fewestRuns)))
  } finally {
    await server.stop()
  }
}

interface Bar {
  readonly ours: Name
  readonly theirs: Name
  readonly most: Partial<Record<'wall' | 'user', number>>
}

const bars: readonly Bar[] = [
  { ours: 'history', theirs: 'get', most: { wall: 1.3, user: 2 } },
  { ours: 'bare', theirs: 'get', most: { wall: 1.3, user: 2 } },
  { ours: 'packages', theirs: 'get', most: { wall: 1.3, user: 2 } },
  { ours: 'floor', theirs: 'get', most: { wall: 1.3, user: 2 } },
  { ours: 'help', theirs: 'client', most: { wall: 1.2 } },
  { ours: 'takeHelp', theirs: 'client', most: { wall: 1.2 } },
  { ours: 'complete', theirs: 'client', most: { wall: 1.2 } },
  { ours: 'inspect', theirs: 'version', most: { wall: 1.2 } },
]

const shown: Readonly<Record<Name, string>> = {
  history: 'kubectl flinksp history flinkcluster/wordcount',
  bare: 'kubectl flinksp history wordcount',
  get: 'kubectl get flinkcluster wordcount',
  packages: 'floor-packages',
  floor: 'node floor.cjs',
  help: 'kubectl flinksp --help',
  takeHelp: 'kubectl flinksp take --help',
  complete: 'kubectl flinksp __complete ta',
  version: 'kubectl flinksp version',
  client: 'kubectl version --client',
  empty: "node -e ''",
  inspect: 'kubectl flinksp inspect',
}

function section(startUp: StartUp): string {
  return `## Start-up

\`history\` of one job, by its kind and by its bare name, caches warm, beside \`kubectl get\` of the same object on the same API server
(kube-apiserver and etcd on this machine; no JobManager to be reached; NODE_EXTRA_CA_CERTS not set); what asks no server beside
\`kubectl version --client\`; Node's own part, the same Node with an empty program and with one of its own client that asks what \`history\`
asks and knows nothing else (scripts/bench/floor.cjs), and that of Node and the packages, a single executable like ours of a program that
does the same with yargs' parser, js-yaml, node-fetch and cli-table3 (scripts/bench/floor-packages.ts); and \`inspect\` of a \`_metadata\` of ${Math.round(startUp.inspected / 1024)} KiB on the local disk beside our own \`version\`. Medians of
${startUp.runs} runs, all programs in turn.

| program | wall ms | user ms | user + system ms |
|---|---:|---:|---:|
${(Object.keys(shown) as Name[]).map(name => row(`\`${shown[name]}\``, startUp[name])).join('\n')}

| bar | beside | at most | measured | holds |
|---|---|---:|---:|---|
${bars.flatMap(bar => barRows(bar, startUp)).join('\n')}

${startUpCosts}`
}

function barRows({ ours, theirs, most }: Bar, startUp: StartUp): string[] {
  return (['wall', 'user'] as const).flatMap(time => {
    const atMost = most[time]
    if (atMost === undefined) return []
    const ratio = startUp[ours][time] / startUp[theirs][time]
    const holds = ratio <= atMost ? 'yes' : '**no**'
    return `| \`${shown[ours]}\`, ${time} | \`${shown[theirs]}\` | ${atMost} × | **${ratio.toFixed(2)} ×** | ${holds} |`
  })
}

export function row(name: string, { wall, user, cpu }: Figures): string {
  return `| ${[name, ...[wall, user, cpu].map(seconds => Math.round(seconds * 1000))].join(' | ')} |`
}

export function ratios(ours: Figures, theirs: Figures): string {
  const ratio = (key: keyof Figures) => `**${(ours[key] / theirs[key]).toFixed(2)} ×**`
  return `| ratio | ${ratio('wall')} | ${ratio('user')} | ${ratio('cpu')} |`
}
