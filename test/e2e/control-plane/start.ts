import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadAll } from 'js-yaml'
import { KubeApi, type KubeObject } from '../kube-api.ts'
import { freePorts, type RunningProcess, startProcess, untilReady } from '../processes.ts'
import {
  apiServerArguments,
  controllerManagerArguments,
  etcdArguments,
  kwokArguments,
  type Place,
  schedulerArguments,
} from './arguments.ts'
import { type AuditedRequest, auditedRequests, auditPolicy } from './audit.ts'
import { buildControlPlane, type ControlPlaneBinaries } from './build.ts'

/** Somebody the API server knows by a token. */
export interface TokenUser {
  readonly name: string
  readonly groups?: readonly string[]
}

export interface ControlPlane {
  readonly url: string
  readonly caPem: string
  /** By name; `admin` and `operator` may do everything. */
  readonly tokens: Readonly<Record<string, string>>
  /** The admin's way in. */
  readonly api: KubeApi
  /** A kubeconfig's text for one of the users. */
  kubeconfig(user?: string, namespace?: string): string
  apiAs(user: string): KubeApi
  /** Down for `ms`, then up again at the same address with the same data; resolves when it is ready again. */
  restartApiServer(ms: number): Promise<void>
  /** What `user` has asked of the server since it started, in order. What `operator` asks is not written down. */
  requests(user: string): Promise<AuditedRequest[]>
  /** The processes, for measuring. */
  readonly processes: Readonly<Record<string, RunningProcess>>
  stop(): Promise<void>
}

const restartMs = 500

/** What controllers, kwok, kubelets and simulated operators use, so that `admin` in the audit log is the test alone. */
const systemUser = 'operator'

/** etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok on loopback, with one node `n1`. */
export async function startControlPlane(options: {
  dir: string
  users?: readonly TokenUser[]
  /** Whether Services get Endpoints; they do unless it is false. */
  endpoints?: boolean
  say?: (line: string) => void
}): Promise<ControlPlane> {
  const binaries = await buildControlPlane(options.say ?? (() => undefined))
  const place = { ...(await prepare(options.dir, options.users ?? [])), endpoints: options.endpoints ?? true }
  const processes: Record<string, RunningProcess> = {}
  try {
    return await bringUp(binaries, place, processes)
  } catch (error) {
    await stopAll(processes)
    throw error
  }
}

async function prepare(dir: string, users: readonly TokenUser[]): Promise<Omit<Place, 'endpoints'>> {
  const [etcdPort = 0, peerPort = 0, apiPort = 0, kubeletPort = 0] = await freePorts(4)
  const at = (name: string) => join(dir, name)
  await mkdir(at('certificates'), { recursive: true })
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  await writeFile(at('sa.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  await writeFile(at('sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }))
  const masters = { groups: ['system:masters'] }
  const everybody = [{ name: 'admin', ...masters }, { name: systemUser, ...masters }, ...users]
  const tokens = Object.fromEntries(everybody.map(user => [user.name, randomBytes(16).toString('hex')]))
  const lines = everybody.map(
    ({ name, groups = [] }) => `${tokens[name]},${name},${name},"${groups.join(',')}"\n`,
  )
  await writeFile(at('tokens.csv'), lines.join(''), { mode: 0o600 })
  await writeFile(at('audit-policy.yaml'), auditPolicy(systemUser))
  return { at, etcdPort, peerPort, apiPort, kubeletPort, tokens }
}

async function bringUp(
  binaries: ControlPlaneBinaries,
  place: Place,
  processes: Record<string, RunningProcess>,
): Promise<ControlPlane> {
  const { at, tokens } = place
  const start = (name: string, command: string, args: string[]) => {
    processes[name] = startProcess(command, args, { log: at(`${name}.log`) })
    return processes[name]
  }
  const etcd = start('etcd', binaries.etcd, etcdArguments(place))
  await untilReady('etcd', etcd, async () =>
    (await fetch(`http://127.0.0.1:${place.etcdPort}/health`)).ok ? true : undefined,
  )
  const startApiServer = () => start('kube-apiserver', binaries.kubeApiserver, apiServerArguments(place))
  const url = `https://127.0.0.1:${place.apiPort}`
  const caPath = at('certificates/apiserver.crt')
  let apiServer = startApiServer()
  const caPem = await untilReady(
    'kube-apiserver',
    apiServer,
    async () => (await readFile(caPath, 'utf8')) || undefined,
  )
  const apiAs = (user: string) => new KubeApi(url, caPem, tokens[user] ?? '')
  const api = apiAs('admin')
  const system = apiAs(systemUser)
  const ready = () =>
    untilReady('kube-apiserver', apiServer, async () =>
      (await system.send('GET', '/readyz')).body === 'ok' ? true : undefined,
    )
  await ready()
  const kubeconfig = (user = 'admin', namespace = 'default') =>
    kubeconfigText(url, caPem, user, tokens[user] ?? '', namespace)
  await writeFile(at('system.kubeconfig'), kubeconfig(systemUser), { mode: 0o600 })
  await createObjects(system)
  const controllers = new AbortController()
  startControllers(place, binaries, (name, command, args) =>
    keepRunning(() => start(name, command, args), controllers.signal),
  )
  await untilReady('node n1', start('kwok', binaries.kwok, kwokArguments(place)), () => readyNode(system))
  return {
    url,
    caPem,
    tokens,
    api,
    kubeconfig,
    apiAs,
    processes,
    requests: user => auditedRequests(at('audit.log'), user),
    restartApiServer: async ms => {
      // Killed, as a crash does it: open watches break off.
      await apiServer.stop(0)
      await sleep(ms)
      apiServer = startApiServer()
      await ready()
    },
    stop: () => {
      controllers.abort()
      return stopAll(processes)
    },
  }
}

/**
 * As a kubelet does it with the pods of a control plane. kube-scheduler ends itself where it cannot account for a pod any more
 * ("Scheduler cache is corrupted", k8s.io/kubernetes pkg/scheduler/backend/cache/cache.go; seen on v1.36.3 after kube-apiserver was killed).
 */
function keepRunning(start: () => RunningProcess, over: AbortSignal): void {
  const again = () => sleep(restartMs, undefined, { signal: over }).then(() => keepRunning(start, over))
  void start()
    .ended.then(again)
    .catch(() => undefined)
}

function startControllers(
  place: Place,
  binaries: ControlPlaneBinaries,
  start: (name: string, command: string, args: string[]) => void,
): void {
  start('kube-controller-manager', binaries.kubeControllerManager, controllerManagerArguments(place))
  start('kube-scheduler', binaries.kubeScheduler, schedulerArguments(place))
}

const collections: Readonly<Record<string, string>> = {
  Node: '/api/v1/nodes',
  CustomResourceDefinition: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
}

async function createObjects(api: KubeApi): Promise<void> {
  const text = await readFile(join(import.meta.dirname, 'objects.yaml'), 'utf8')
  for (const object of loadAll(text) as KubeObject[]) {
    await api.ask('POST', collections[object.kind ?? ''] ?? '', object)
  }
}

async function readyNode(api: KubeApi): Promise<true | undefined> {
  const node = await api.get('/api/v1/nodes/n1')
  const conditions: { type: string; status: string }[] = node['status']?.conditions ?? []
  const ready = conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
  return ready && !node['spec']?.taints ? true : undefined
}

function kubeconfigText(url: string, caPem: string, user: string, token: string, namespace: string): string {
  return `apiVersion: v1
kind: Config
current-context: e2e
clusters:
- name: e2e
  cluster:
    server: ${url}
    certificate-authority-data: ${Buffer.from(caPem).toString('base64')}
users:
- name: ${user}
  user:
    token: ${token}
contexts:
- name: e2e
  context: {cluster: e2e, user: ${user}, namespace: ${namespace}}
`
}

/** In the reverse order of their start, so that etcd is there until the last. */
async function stopAll(processes: Readonly<Record<string, RunningProcess>>): Promise<void> {
  for (const running of Object.values(processes).reverse()) await running.stop()
}
