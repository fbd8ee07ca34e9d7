import { sameConnection } from './cli/connection.ts'
import { exitCode } from './cli/exit.ts'
import { parse, type Run } from './cli/parse.ts'
import type { CommandResult } from './commands/command.ts'
import type { Registry } from './commands/index.ts'
import { failure } from './domain/failure.ts'
import type { Printable } from './domain/printable.ts'
import type { MakeWorld } from './domain/world.ts'
import { isColoured } from './view/colour.ts'
import type { Context } from './view/context.ts'
import { tellFailure } from './view/failed.ts'
import { type Format, formatOf, isForMachines } from './view/format.ts'
import { renderInPieces } from './view/index.ts'
import { personAt } from './view/person.ts'
import { isInteractive, type Terminal } from './view/terminal.ts'

/** Asked by shells, as cobra's programs are: `__complete take ''`. */
export const completionVerb = '__complete'

/** The whole program: the command line in, text on stdout and stderr, the exit code out. */
export async function main(
  argv: readonly string[],
  terminal: Terminal,
  makeWorld: MakeWorld,
  registry: Registry,
): Promise<number> {
  if (argv[0] === completionVerb) {
    const { complete } = await import('./complete.ts')
    await complete(argv.slice(1), terminal, makeWorld, registry)
    return 0
  }
  try {
    const invocation = await parse(argv, registry, isInteractive(terminal))
    if (!('print' in invocation)) return await run(invocation, terminal, makeWorld)
    terminal.out(invocation.print)
    return 0
  } catch (error) {
    await tellFailure(error, terminal)
    return exitCode(error)
  }
}

async function run(invocation: Run, terminal: Terminal, makeWorld: MakeWorld): Promise<number> {
  const { name: command, color, connection, restUrl, quiet } = invocation
  const format = await formatOf(invocation.output)
  const colour = isColoured(color, terminal.isTerminal.stderr, terminal.machine)
  const person = personAt(terminal, { quiet, colour })
  const telling = { quiet, verbosity: invocation.verbosity, sameConnection: sameConnection(connection) }
  const world = makeWorld({ command, connection, person, ...(restUrl && { restUrl }) })
  try {
    const result = await invocation.run(world)
    await print(result, format, invocation, terminal)
    if (result.stream) await follow(result.stream, format, invocation, terminal)
    if (result.failure) await tellFailure(result.failure, terminal, telling)
    await result.after?.()
    return exitCode(result.failure)
  } catch (error) {
    const ended = world.interrupted.aborted ? interruption(error) : error
    await tellFailure(ended, terminal, telling)
    return exitCode(ended)
  } finally {
    await world.close()
  }
}

/** A command that did not end well prints its value only for machines. */
async function print(result: CommandResult, format: Format, run: Run, terminal: Terminal): Promise<void> {
  const { value, failure, whole, empty } = result
  if (!value || (failure && !whole && !isForMachines(format))) return
  let printed = false
  for await (const text of renderInPieces(value, format, contextOf(run, terminal))) {
    terminal.out(text)
    printed ||= text !== ''
  }
  if (!printed && empty && format.name !== 'name' && format.name !== 'jsonpath') terminal.err(`${empty}\n`)
}

/** What a command goes on to tell, as it comes, until nobody reads it any more. */
async function follow(
  stream: AsyncIterable<Printable>,
  format: Format,
  run: Run,
  terminal: Terminal,
): Promise<void> {
  const { renderNext, untilUnread } = await import('./view/stream.ts')
  const above = { widths: [], documents: 0 }
  for await (const piece of untilUnread(stream, terminal.unread))
    terminal.out(await renderNext(piece, format, { ...contextOf(run, terminal), above }))
}

function contextOf(
  { color, noHeaders, allNamespaces }: Run,
  { clock, isTerminal, machine, size }: Terminal,
): Context {
  const colour = isColoured(color, isTerminal.stdout, machine)
  const on = { terminal: isTerminal.stdout, ...(isTerminal.stdout && size && { columns: size().columns }) }
  return { now: clock.now(), colour, ...on, noHeaders, allNamespaces }
}

/** After Ctrl-C a request that was cut off says AbortError: that is no bug. */
function interruption(error: unknown): unknown {
  const cutOff = error instanceof Error && error.name === 'AbortError'
  return cutOff ? failure('interrupted', 'interrupted') : error
}
