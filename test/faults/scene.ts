import type { Environment } from '../contract/environment.ts'
import type { Ended, Running } from '../contract/program.ts'
import { asked } from '../contract/requests.ts'
import { type How, openStage, type Stage } from '../contract/stage.ts'
import type { Ground } from './fault.ts'
import { type Relay, startRelay } from './relay.ts'

/** What goes wrong with an API server as a whole. */
export interface ServerFaults {
  /** Nobody answers for so long, and every connection breaks; resolves when it is ready again. */
  down(ms: number): Promise<void>
}

/** Of the simulated API server alone. */
export interface SandboxFaults extends ServerFaults {
  /** Older resourceVersions get 410 from now on, and every open watch is cut. */
  forget(): void
}

/** Of the real one alone. */
export interface RealFaults extends ServerFaults {
  /** etcd does nothing any more until the returned function is called. */
  pauseStorage(): () => void
}

/** An API server on which faults are made. */
export interface Place<Faults = ServerFaults | SandboxFaults | RealFaults> {
  readonly ground: Ground
  readonly environment: Environment
  readonly faults: Faults
}

/** What one fault has to itself: a stage, and ways to spoil what is between the program and its API server. */
export interface Scene extends Omit<Stage, 'run' | 'launch'> {
  readonly ground: Ground
  readonly faults: ServerFaults | SandboxFaults | RealFaults
  /** From now on the program speaks to the API server through this. */
  between(): Promise<Relay>
  /** What the program finds as its kubeconfig from now on is made of the usual one by this. */
  rewrite(kubeconfig: (text: string) => string): void
  /** Runs the program with these words, as `counted-faults`. */
  launch(line: string, how?: How): Promise<Running>
  /** The same to its end. */
  run(line: string, how?: How): Promise<Ended>
  /** The whole screen of a program that has ended, with placeholders. */
  screenOf(running: Running): Promise<Ended>
  /** Each write that the program has sent, rehearsals and the record aside: `PATCH flinkclusters/orders 200`. */
  writes(): Promise<readonly string[]>
}

/** Whoever runs the program; nobody else asks in this name. */
const user = 'counted-faults'

/** Opens a stage on which the program can be kept from its API server. */
export async function openScene({ ground, environment, faults }: Place): Promise<Scene> {
  const rewrites: ((text: string) => string)[] = []
  const rewritten = (text: string) => rewrites.reduce((now, rewrite) => rewrite(now), text)
  const stage = await openStage({
    ...environment,
    kubeconfig: name =>
      name === user ? rewritten(environment.kubeconfig(name)) : environment.kubeconfig(name),
  })
  const relays: Relay[] = []
  const launch = (line: string, how?: How) => stage.launch(line, user, how)
  const screenOf = async (running: Running) => leastSaid(stage.screen.screen(await running.ended))
  return {
    ...stage,
    ground,
    faults,
    launch,
    screenOf,
    run: async (line, how) => screenOf(await launch(line, how)),
    async between() {
      const relay = await startRelay(environment.kubeconfig(user))
      relays.push(relay)
      rewrites.push(relay.kubeconfig)
      return relay
    },
    rewrite: kubeconfig => void rewrites.push(kubeconfig),
    async writes() {
      const own = (await stage.requests(user)).filter(
        ({ path }) => path.includes(`/${stage.namespace}/`) && !path.includes('dryRun=All'),
      )
      return asked(own).filter(request => !/^(GET|WATCH) | configmaps/.test(request))
    },
    async close() {
      await stage.close()
      for (const relay of relays) await relay.close()
    },
  }
}

/** Why a stream was lost depends on who noticed first. */
function leastSaid({ exit, stdout, stderr }: Ended): Ended {
  const said = stderr.replace(/^(watching again): .*$/gm, '$1: REASON')
  return { exit, stdout, stderr: said }
}
