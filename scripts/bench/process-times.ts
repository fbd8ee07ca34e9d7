import { spawnSync } from 'node:child_process'

/** What one run of a program cost, as the kernel accounted it to the finished process. Seconds. */
export interface ProcessTimes {
  readonly wall: number
  readonly user: number
  readonly system: number
}

/** Runs a program to its end and gives its times; throws where it does not end well. bash's `time` reads them with wait4. */
export function timesOf(command: string, args: readonly string[], env: Record<string, string>): ProcessTimes {
  const script = 'TIMEFORMAT="%3R %3U %3S"; exec 3>&2; { time "$0" "$@" >/dev/null 2>&3; } 2>&1'
  const done = spawnSync('bash', ['-c', script, command, ...args], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (done.status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${done.status}\n${done.stderr}`)
  const [wall = 0, user = 0, system = 0] = done.stdout.trim().split(' ').map(Number)
  return { wall, user, system }
}

export interface Program {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Record<string, string>
}

export interface Figures {
  readonly wall: number
  readonly user: number
  readonly cpu: number
}

/** Medians of `runs` of each program, run in turn so that a change of the machine's speed meets all of them. */
export function compare<Name extends string>(
  programs: Readonly<Record<Name, Program>>,
  runs: number,
): Record<Name, Figures> {
  const names = Object.keys(programs) as Name[]
  const all = Object.fromEntries(names.map(name => [name, [] as ProcessTimes[]])) as Record<
    Name,
    ProcessTimes[]
  >
  for (let run = -2; run < runs; run++) {
    for (const name of names) {
      const { command, args, env } = programs[name]
      const times = timesOf(command, args, env)
      // The first two fill caches.
      if (run >= 0) all[name].push(times)
    }
  }
  return Object.fromEntries(names.map(name => [name, medians(all[name])])) as Record<Name, Figures>
}

function medians(all: readonly ProcessTimes[]): Figures {
  return {
    wall: median(all.map(({ wall }) => wall)),
    user: median(all.map(({ user }) => user)),
    cpu: median(all.map(({ user, system }) => user + system)),
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low = 0, high = 0] = sorted.slice(sorted.length % 2 === 0 ? middle - 1 : middle)
  return sorted.length % 2 === 0 ? (low + high) / 2 : low
}
