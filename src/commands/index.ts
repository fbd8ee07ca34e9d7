import type { Machine } from '../domain/connection.ts'
import type { Command } from './command.ts'
import type { Topic } from './topic.ts'

/** The verbs of the plugin, in the order in which help lists them. Each is loaded when it is asked for. */
export interface Registry {
  readonly names: readonly string[]
  load(name: string): Promise<Command | Topic | undefined>
}

export function commandsOn(machine: Machine): Registry {
  const verbs: Record<string, () => Promise<Command | Topic>> = {
    take: async () => (await import('./take.ts')).take,
    history: async () => (await import('./history.ts')).history,
    restore: async () => (await import('./restore.ts')).restore,
    stop: async () => (await import('./stop.ts')).stop,
    resume: async () => (await import('./resume.ts')).resume,
    auto: async () => (await import('./auto.ts')).auto,
    status: async () => (await import('./status.ts')).status,
    inspect: async () => (await import('./inspect.ts')).inspect,
    verify: async () => (await import('./verify.ts')).verify,
    prune: async () => (await import('./prune.ts')).prune,
    bundle: async () => (await import('./bundle.ts')).bundleOn(machine),
    completion: async () => (await import('./completion.ts')).completionOn(machine),
    version: async () => (await import('./version.ts')).versionOn(machine),
    help: async () => (await import('./help.ts')).help,
    options: async () => (await import('./options.ts')).options,
  }
  return {
    names: Object.keys(verbs),
    load: async name => (Object.hasOwn(verbs, name) ? verbs[name]?.() : undefined),
  }
}
