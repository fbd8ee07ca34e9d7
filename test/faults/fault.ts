import type { DialectName } from '../sandbox/operators/operator.ts'
import type { Scene } from './scene.ts'

/** Where a fault can be made: on the simulated API server, on etcd and kube-apiserver. */
export type Ground = 'sandbox' | 'real'

/** An operator for each way in which a take asks and waits. */
export const everyWay: readonly DialectName[] = ['spotify', 'gcp-9', 'apache-1.15', 'apache-1.7']

/** Something that goes wrong, and what is promised all the same. */
export interface Fault {
  /** `the API server is down for 2 s during a take` */
  readonly name: string
  readonly where: Ground | 'both'
  /** Which operators' jobs meet it; Spotify's unless it says otherwise. */
  readonly on?: readonly DialectName[]
  /** Everybody on that server feels it: nothing else is tried meanwhile. */
  readonly alone?: true
  /** What the program does then, as a sentence without its subject: `goes on, and asks for nothing twice`. */
  readonly expectation: string
  /** Makes it happen, and throws where the expectation does not hold. Gives what was seen in a few words. */
  readonly provoke: (scene: Scene) => Promise<string>
}

/** Faults that belong together: one file each. */
export interface Family {
  readonly title: string
  readonly faults: readonly Fault[]
}

/** Whose jobs meet this fault on this ground; nobody's where it is not made there. */
export function dialectsOf({ where, on = ['spotify'] }: Fault, ground: Ground): readonly DialectName[] {
  return where === 'both' || where === ground ? on : []
}
