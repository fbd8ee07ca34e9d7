import type { Kubelet } from '../sandbox/kubelet/stub.ts'
import type { KubeApi } from '../sandbox/kubernetes/api.ts'
import type { DialectName } from '../sandbox/operators/operator.ts'

/** One request that the API server answered. */
export interface ServerRequest {
  /** The HTTP method, or WATCH. */
  readonly verb: string
  /** With its query. */
  readonly path: string
  readonly code: number
}

/** One API server with one operator's kind, its webhook and a kubelet; operators are started for each scenario. */
export interface Environment {
  readonly dialect: DialectName
  /** As an administrator. */
  readonly api: KubeApi
  readonly kubelet: Pick<Kubelet, 'flink'>
  /** Scratch space; savepoints go there. */
  readonly directory: string
  /** How long to wait for an object to meet a condition; 50 s unless it is given. */
  readonly patienceMs?: number
  /** What the only container of a pod has written, from now on. */
  writeLog(
    pod: { readonly namespace: string; readonly name: string },
    lines: readonly string[],
  ): Promise<void>
  /** A kubeconfig's text for one of `contractUsers`, or for `admin` and `operator`, who may do everything. */
  kubeconfig(user: string): string
  /** What a user has asked of the server so far, in order. */
  requests(user: string): Promise<readonly ServerRequest[]>
}

/** Whom the environments know beside `admin` and `operator`. Those called `counted` may do everything, and nobody else uses their names. */
export const contractUsers: readonly { readonly name: string; readonly groups?: readonly string[] }[] = [
  { name: 'counted-take', groups: ['system:masters'] },
  { name: 'counted-patch', groups: ['system:masters'] },
  { name: 'counted-history', groups: ['system:masters'] },
  { name: 'counted-restore', groups: ['system:masters'] },
  { name: 'counted-stop', groups: ['system:masters'] },
  { name: 'counted-named', groups: ['system:masters'] },
  { name: 'counted-list', groups: ['system:masters'] },
  { name: 'counted-status', groups: ['system:masters'] },
  { name: 'counted-many', groups: ['system:masters'] },
  { name: 'counted-kinds', groups: ['system:masters'] },
  { name: 'counted-nonces', groups: ['system:masters'] },
  { name: 'counted-faults', groups: ['system:masters'] },
  { name: 'counted-tab', groups: ['system:masters'] },
  { name: 'without-status' },
  { name: 'without-clearing' },
  { name: 'without-record' },
  { name: 'recorder' },
  { name: 'without-delete' },
  { name: 'named-only' },
  { name: 'taker' },
  { name: 'unlisting' },
  { name: 'without-exec' },
  { name: 'bundler' },
  { name: 'verifier' },
  { name: 'verifier-without-exec' },
]

/** `WATCH` where a GET asks for one. */
export function verbOf(method: string, path: string): string {
  return /[?&]watch=(true|1)\b/.test(path) ? 'WATCH' : method
}
