import { Failure } from '../domain/failure.ts'
import { plain } from './plain.ts'
import type { Terminal } from './terminal.ts'

interface Telling {
  readonly quiet: boolean
  readonly verbosity: number
  /** The flags without which a command in a hint would speak to another server: `--context gcp`. */
  readonly sameConnection?: string
}

/** Says on stderr why it did not end well. */
export async function tellFailure(
  error: unknown,
  terminal: Terminal,
  { quiet, verbosity, sameConnection = '' }: Telling = { quiet: false, verbosity: 0 },
): Promise<void> {
  if (!(error instanceof Failure)) return await tellBug(error, terminal)
  terminal.err(`${plain(error.message)}\n`)
  if (verbosity > 0 && error.cause !== undefined) terminal.err(`caused by: ${plain(stackOf(error.cause))}\n`)
  if (quiet) return
  for (const hint of error.hints) terminal.err(`${plain(hint)}\n`)
  if (sameConnection !== '' && error.code !== 'usage' && error.hints.some(hint => hint.includes('kubectl ')))
    terminal.err(`give kubectl here too: ${plain(sameConnection)}\n`)
}

/** Whatever is not a Failure is a mistake of this program. */
async function tellBug(error: unknown, { err, machine }: Terminal): Promise<void> {
  const { default: manifest } = await import('../../package.json', { with: { type: 'json' } })
  err(
    `error: this is a bug in kubectl-flinksp v${manifest.version} (node ${machine.nodeVersion}, ${machine.platform}/${machine.arch})\n` +
      `Please report it, with the lines below, at ${manifest.bugs.url}\n${plain(stackOf(error))}\n`,
  )
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
