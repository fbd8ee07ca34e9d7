import { type ApiServer, apiServer } from './api-server.ts'
import { type Home, home, type Opened, open } from './door.ts'

/** A scripted API server and a home whose kubeconfig points at it; new for each test of the suite that calls this. */
export interface Bench {
  readonly at: Home
  readonly server: ApiServer
  /** Opens the door, lets `act` use it, and closes it. */
  within<T>(act: (door: Opened) => Promise<T>, options?: object): Promise<T>
  /** What the server was asked, in order. */
  asked(): string[]
}

export function bench(): Bench {
  let at: Home
  let server: ApiServer
  beforeEach(async () => {
    at = home()
    server = await apiServer()
    at.kubeconfig({ server: server.url })
  })
  afterEach(async () => {
    await server.close()
    at.remove()
  })
  return {
    get at() {
      return at
    },
    get server() {
      return server
    },
    async within(act, options = {}) {
      const door = await open(at, options)
      try {
        return await act(door)
      } finally {
        await door.close()
      }
    },
    asked: () => server.seen.map(seen => `${seen.method} ${seen.path}`),
  }
}
