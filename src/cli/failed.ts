import { Failure } from '../domain/failure.ts'
import { plain } from '../view/plain.ts'
import { exitBug, exitCode } from './exit.ts'
import type { Io } from './io.ts'

/** Tells on stderr why it did not end well, and gives the exit code. */
export async function failed(
  error: unknown,
  io: Io,
  how: { quiet: boolean; verbosity: number } = { quiet: false, verbosity: 0 },
): Promise<number> {
  if (!(error instanceof Failure)) return await bug(error, io)
  io.err(`${plain(error.message)}\n`)
  if (how.verbosity > 0 && error.cause !== undefined) io.err(`caused by: ${plain(stackOf(error.cause))}\n`)
  if (!how.quiet) for (const hint of error.hints) io.err(`${plain(hint)}\n`)
  return exitCode(error)
}

/** Whatever is not a Failure is a mistake of this program. */
async function bug(error: unknown, { err, machine }: Io): Promise<number> {
  const { default: manifest } = await import('../../package.json', { with: { type: 'json' } })
  err(
    `error: this is a bug in kubectl-flinksp v${manifest.version} (node ${machine.nodeVersion}, ${machine.platform}/${machine.arch})\n` +
      `Please report it, with the lines below, at ${manifest.bugs.url}\n${plain(stackOf(error))}\n`,
  )
  return exitBug
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
