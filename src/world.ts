import type { Machine } from './domain/connection.ts'
import type { Clock, FlinkRest } from './domain/ports.ts'
import type { OpenWorld, WorldWish } from './main.ts'

/** What only the process can give. */
export interface Surroundings {
  readonly machine: Machine
  readonly clock: Clock
  readonly interrupted: AbortSignal
  newId(): string
}

/** The real world. The kubeconfig is read, and what speaks to the cluster loaded, when a command first asks for it. */
export function realWorld({ connection, restUrl, person }: WorldWish, real: Surroundings): OpenWorld {
  const open: FlinkRest[] = []
  let connecting: ReturnType<typeof connectNow> | undefined
  const connectNow = async () => {
    const { connect } = await import('./kube/connect.ts')
    const { machine, clock, interrupted } = real
    return await connect(connection, machine, clock, interrupted, text => person.warn(text))
  }
  const connected = () => {
    connecting ??= connectNow()
    return connecting
  }
  return {
    ...real,
    person,
    cluster: async () => (await connected()).cluster,
    async rest(place, reach) {
      const { flinkRest } = await import('./flink/rest.ts')
      const way = restUrl ? { url: restUrl } : (await connected()).passage
      const rest = flinkRest(way, place, reach)
      open.push(rest)
      return rest
    },
    async close() {
      await Promise.allSettled(open.map(rest => rest.close()))
      const door = await connecting?.catch(() => undefined)
      await door?.close()
    },
  }
}
