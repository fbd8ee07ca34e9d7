import { type Cursor, cursorOf } from './cli/complete/cursor.ts'
import type { Live } from './commands/complete/live.ts'
import type { Registry } from './commands/index.ts'
import type { Candidate } from './domain/candidate.ts'
import type { ConnectionOptions } from './domain/connection.ts'
import { parseDuration } from './domain/duration.ts'
import type { Person } from './domain/ports.ts'
import type { MakeWorld } from './domain/world.ts'
import { completionScreen } from './view/completion.ts'
import type { Terminal } from './view/terminal.ts'

/** From the start of the process. Who presses Tab waits no longer for what they can type. */
const usualLimitMs = 300
/** Between the answer and the end of the process. */
const leavingMs = 20
const longestLimitMs = 60_000

/**
 * Answers Tab: `line` is all behind the plugin's name, its last word the one to be completed. Whatever goes wrong, there is
 * nothing to offer: an error would stand in the middle of the prompt.
 */
export async function complete(
  line: readonly string[],
  terminal: Terminal,
  makeWorld: MakeWorld,
  registry: Registry,
): Promise<void> {
  const screen = await offered(line, terminal, makeWorld, registry).catch(() => completionScreen([]))
  terminal.out(screen)
}

async function offered(
  line: readonly string[],
  terminal: Terminal,
  makeWorld: MakeWorld,
  registry: Registry,
): Promise<string> {
  const cursor = await cursorOf(line, registry)
  const { wanted } = cursor
  if (wanted.is === 'unknown') return completionScreen([])
  if (wanted.is === 'file') return completionScreen([], { files: 'all' })
  if (wanted.is === 'directory') return completionScreen([], { files: 'directories' })
  if (wanted.is === 'one of') return completionScreen(fitting(wanted.candidates, cursor), { ordered: true })
  const { live, candidates } = wanted
  const found = await liveInTime(live, cursor.connection, terminal, makeWorld)
  const typable = found.filter(({ word }) => isTypable(word))
  return completionScreen(fitting([...typable, ...candidates], cursor), {
    ordered: live.is === 'savepoint',
  })
}

function fitting(candidates: readonly Candidate[], { typed, before }: Cursor): readonly Candidate[] {
  return candidates
    .filter(({ word }) => word.startsWith(typed))
    .map(candidate => ({ ...candidate, word: before + candidate.word }))
}

/** Nothing that a shell or a terminal has a meaning for: names come from the cluster, and whoever made them. */
function isTypable(word: string): boolean {
  return /^[\w@%+:,./][\w@%+=:,./~-]{0,252}$/.test(word)
}

/** Throws where the answer does not come in time: half of it would complete to a word that is not meant. */
async function liveInTime(
  live: Live,
  connection: ConnectionOptions,
  terminal: Terminal,
  makeWorld: MakeWorld,
): Promise<readonly Candidate[]> {
  const over = new AbortController()
  const { clock } = terminal
  const { liveCandidates } = await import('./commands/complete/live.ts')
  const world = makeWorld({ command: '__complete', connection, person: nobody, unattended: over.signal })
  const late = clock.sleep(leftMs(terminal), over.signal).then(() => Promise.reject(new Error('too late')))
  try {
    return await Promise.race([liveCandidates(world, live), late])
  } finally {
    over.abort()
    await world.close()
  }
}

function leftMs({ clock, startedAt = clock.now(), machine }: Terminal): number {
  const given = parseDuration(machine.env['FLINKSP_COMPLETION_TIMEOUT'] ?? '')
  const limit = Math.min(given ?? usualLimitMs, longestLimitMs)
  return Math.max(0, startedAt + limit - leavingMs - clock.now())
}

/** Nobody is told anything while they type. */
const nobody: Person = {
  warn: () => undefined,
  tell: () => undefined,
  show: async () => undefined,
  confirm: async () => undefined,
  live: async () => undefined,
}
