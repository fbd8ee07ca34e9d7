import { isColoured } from './cli/colour.ts'
import { failed } from './cli/failed.ts'
import { type Io, isInteractive } from './cli/io.ts'
import { parse, type Run } from './cli/parse.ts'
import { personAt } from './cli/person.ts'
import type { CommandResult } from './commands/command.ts'
import type { Registry } from './commands/index.ts'
import type { ConnectionOptions } from './domain/connection.ts'
import { failure } from './domain/failure.ts'
import type { Person, World } from './domain/ports.ts'
import { type Format, formatOf, isForMachines } from './view/format.ts'
import { render } from './view/index.ts'

/** What of the command line the world depends on. Nothing is contacted before a command asks for it. */
export interface WorldWish {
  readonly connection: ConnectionOptions
  readonly restUrl?: string
  readonly person: Person
}

export interface OpenWorld extends World {
  /** Ends every connection. */
  close(): Promise<void>
}

/** The whole program: the command line in, text on stdout and stderr, the exit code out. */
export async function main(
  argv: readonly string[],
  io: Io,
  makeWorld: (wish: WorldWish) => OpenWorld,
  registry: Registry,
): Promise<number> {
  try {
    const invocation = await parse(argv, registry, isInteractive(io))
    if (!('print' in invocation)) return await run(invocation, io, makeWorld)
    io.out(invocation.print)
    return 0
  } catch (error) {
    return await failed(error, io)
  }
}

async function run(invocation: Run, io: Io, makeWorld: (wish: WorldWish) => OpenWorld): Promise<number> {
  const { color, connection, restUrl, quiet } = invocation
  const format = await formatOf(invocation.output)
  const person = personAt(io, { quiet, colour: isColoured(color, io.terminal.stderr, io.machine) })
  const world = makeWorld({ connection, person, ...(restUrl && { restUrl }) })
  try {
    const result = await invocation.run(world)
    await print(result, format, invocation, io)
    const code = result.failure ? await failed(result.failure, io, invocation) : 0
    await result.after?.()
    return code
  } catch (error) {
    return await failed(world.interrupted.aborted ? interruption(error) : error, io, invocation)
  } finally {
    await world.close()
  }
}

/** A command that did not end well prints its value only for machines. */
async function print(
  { value, failure, empty }: CommandResult,
  format: Format,
  run: Run,
  io: Io,
): Promise<void> {
  if (!value || (failure && !isForMachines(format))) return
  const text = await render(value, format, {
    now: io.clock.now(),
    colour: isColoured(run.color, io.terminal.stdout, io.machine),
    noHeaders: run.noHeaders,
    allNamespaces: run.allNamespaces,
  })
  io.out(text)
  if (text === '' && empty && format.name !== 'name' && format.name !== 'jsonpath') io.err(`${empty}\n`)
}

/** After Ctrl-C a request that was cut off says AbortError: that is no bug. */
function interruption(error: unknown): unknown {
  const cutOff = error instanceof Error && error.name === 'AbortError'
  return cutOff ? failure('interrupted', 'interrupted') : error
}
