import type { Command, CommandResult } from '../../src/commands/command.ts'
import type { Registry } from '../../src/commands/index.ts'
import { failure } from '../../src/domain/failure.ts'
import type { World } from '../../src/domain/ports.ts'

/** Commands for a process that is to be killed, cut off or broken. They stand in for src/commands/index.ts. */
export function commandsOn(): Registry {
  const verbs: Record<string, (world: World) => Promise<CommandResult>> = {
    throw: () => Promise.reject(new TypeError('x is not y')),
    late: async () => {
      setTimeout(() => {
        throw new TypeError('nobody waits for me')
      })
      return await new Promise<CommandResult>(() => {})
    },
    'wait-well': waitWell,
    'wait-badly': async ({ person }) => {
      person.tell('waiting')
      await new Promise(resolve => setTimeout(resolve, 60_000))
      return {}
    },
    much: async ({ person, clock }) => {
      person.tell('x'.repeat(1_000_000))
      await clock.sleep(50)
      person.tell('more')
      return { value: { kind: 'SavepointList', value: { items: [] } } }
    },
    sleep: async ({ clock }) => {
      await clock.sleep(20)
      await clock.sleep(60_000, AbortSignal.timeout(20))
      return {}
    },
    ask: async ({ person }) => ({ failure: failure('no', String(await person.confirm('Go on?'))) }),
  }
  return {
    names: Object.keys(verbs),
    load: async name => (verbs[name] ? command(name, verbs[name]) : undefined),
  }
}

/** Ends in order when it is interrupted, as a take does. */
async function waitWell({ interrupted, person }: World): Promise<CommandResult> {
  const end = new Promise(resolve => interrupted.addEventListener('abort', resolve))
  const busy = setTimeout(() => {}, 60_000)
  person.tell('waiting')
  await end
  clearTimeout(busy)
  return { failure: failure('interrupted', 'interrupted; the savepoint goes on') }
}

function command(name: string, run: (world: World) => Promise<CommandResult>): Command {
  return {
    name,
    usage: name,
    summary: name,
    description: name,
    examples: [],
    flags: [],
    options: () => undefined,
    run: (_, world) => run(world),
  }
}
