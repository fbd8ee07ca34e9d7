import type { Machine } from '../domain/connection.ts'
import type { Clock } from '../domain/ports.ts'

/** What a request carries to say who asks. `toString` of these is never printed. */
export interface Credentials {
  /** The value of the Authorization header. */
  readonly authorization?: string
  /** A client certificate that is not in the kubeconfig itself (PEM). */
  readonly certificate?: { readonly cert: string; readonly key: string }
}

/** What a login may use. */
export interface LoginSurroundings {
  readonly machine: Machine
  readonly clock: Clock
  /** Nobody is there to be asked or told; all that runs for the login ends when it is aborted. */
  readonly unattended?: AbortSignal
}

/** One user's way to log in. */
export interface Login {
  current(): Promise<Credentials>
  /** After the server said 401 to `refused`: true where there are other credentials now. */
  renew(refused: Credentials): Promise<boolean>
}
