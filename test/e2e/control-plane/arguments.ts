import { join } from 'node:path'

/** What the programs share: a folder, and free ports of the loopback. */
export interface Place {
  /** The path of a file in the folder. */
  readonly at: (name: string) => string
  readonly etcdPort: number
  readonly peerPort: number
  readonly apiPort: number
  readonly kubeletPort: number
  /** Whether Services get Endpoints. */
  readonly endpoints: boolean
  /** By user. */
  readonly tokens: Readonly<Record<string, string>>
}

export function etcdArguments({ at, etcdPort, peerPort }: Place): string[] {
  return [
    `--data-dir=${at('etcd')}`,
    `--listen-client-urls=http://127.0.0.1:${etcdPort}`,
    `--advertise-client-urls=http://127.0.0.1:${etcdPort}`,
    `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
    `--initial-advertise-peer-urls=http://127.0.0.1:${peerPort}`,
    `--initial-cluster=default=http://127.0.0.1:${peerPort}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ]
}

export function apiServerArguments({ at, etcdPort, apiPort }: Place): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    `--secure-port=${apiPort}`,
    '--bind-address=127.0.0.1',
    `--cert-dir=${at('certificates')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${at('sa.pub')}`,
    `--service-account-signing-key-file=${at('sa.key')}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    `--token-auth-file=${at('tokens.csv')}`,
    '--authorization-mode=RBAC',
    // Pods here have no service account of their own.
    '--disable-admission-plugins=ServiceAccount',
    // Port-forwards go to the node's address, where kwok answers.
    '--kubelet-preferred-address-types=InternalIP',
    `--audit-policy-file=${at('audit-policy.yaml')}`,
    `--audit-log-path=${at('audit.log')}`,
    // A restart in a test must not wait a minute for open watches.
    '--shutdown-delay-duration=0s',
    '--shutdown-watch-termination-grace-period=0s',
  ]
}

const alone = ['--secure-port=0', '--leader-elect=false']

export function controllerManagerArguments({ at, endpoints }: Place): string[] {
  const key = `--service-account-private-key-file=${at('sa.key')}`
  const controllers = endpoints ? '*' : '*,-endpoints-controller,-endpointslice-controller'
  return [`--kubeconfig=${at('system.kubeconfig')}`, ...alone, key, `--controllers=${controllers}`]
}

export function schedulerArguments({ at }: Place): string[] {
  return [`--kubeconfig=${at('system.kubeconfig')}`, ...alone]
}

export function kwokArguments({ at, kubeletPort }: Place): string[] {
  return [
    `--kubeconfig=${at('system.kubeconfig')}`,
    `--config=${join(import.meta.dirname, 'kwok.yaml')}`,
    '--node-ip=127.0.0.1',
    `--node-port=${kubeletPort}`,
    `--server-address=127.0.0.1:${kubeletPort}`,
    // Any pair will do: the API server does not verify its kubelets here.
    `--tls-cert-file=${at('certificates/apiserver.crt')}`,
    `--tls-private-key-file=${at('certificates/apiserver.key')}`,
  ]
}
