import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { arch, cpus, platform, release, totalmem } from 'node:os'
import { plainKubectl } from './plain-kubectl.ts'
import type { Reaction } from './reaction.ts'
import type { Asked } from './requests.ts'

export interface Measured {
  /** A section. */
  readonly startUp: string
  readonly asked: readonly Asked[]
  readonly reaction: Reaction
  readonly binary: string
}

/** docs/benchmarks.md */
export function report({ startUp, asked, reaction, binary }: Measured): string {
  return `# Benchmarks

Written by \`npm run bench\`; do not edit. All programs of a table are run in turn, in one call; figures are medians of
whole processes, as the kernel accounts them. Ratios tell more than seconds: machines differ, and this one was ${load()}.

${machine(binary)}

${startUp}
## Requests

Counted in the API server's audit log, caches warm, with a JobManager that answers.

| command | requests |
|---|---|
${requestRows(asked)}

## Reaction

From the operator's last status write to the exit of \`take\`: median ${reaction.medianMs} ms, slowest ${reaction.slowestMs} ms of
${reaction.runs} runs. The bar: 150 ms.
`
}

export function requestRows(asked: readonly Asked[]): string {
  return asked
    .map(({ command, requests }) => `| \`${command}\` | ${requests.length}: ${requests.join(', ')} |`)
    .join('\n')
}

function machine(binary: string): string {
  const processors = cpus()
  const kubectl = JSON.parse(
    execFileSync(plainKubectl(), ['version', '--client', '-o', 'json'], { encoding: 'utf8' }),
  )
  return [
    `- ${processors.length} × ${processors[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB; ${platform()} ${arch()} ${release()}`,
    `- kubectl ${kubectl.clientVersion.gitVersion}; Node ${process.version}; the binary has ${Math.round(statSync(binary).size / 1e6)} MB`,
  ].join('\n')
}

/** Linux's load average when the run began says how much else the machine had to do. */
function load(): string {
  const [minute = '?'] = execFileSync('cat', ['/proc/loadavg'], { encoding: 'utf8' }).split(' ')
  return `not empty (load ${minute} when the table was written)`
}
