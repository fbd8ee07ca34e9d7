import { mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { kindsOf } from '../sandbox/kind.ts'
import type { DialectName } from '../sandbox/operators/dialect.ts'
import { eventually } from './conditions.ts'
import { type ControlPlane, startControlPlane, type TokenUser } from './control-plane/start.ts'
import type { KubeApi, KubeObject } from './kube-api.ts'
import { openPodAddresses } from './kubelet/pod-addresses.ts'
import { startPodNetwork } from './kubelet/pod-network.ts'
import { assemble, type Begun, type Stoppable } from './parts.ts'
import { type Launched, launch, outcome, type RunOutcome } from './processes.ts'

const root = join(import.meta.dirname, '..', '..')

export type { DialectName } from '../sandbox/operators/dialect.ts'

/** A control plane, and the programs that people run against it. */
export interface Server {
  readonly controlPlane: ControlPlane
  /** Why the service proxy cannot reach pods on this machine; undefined where it can. */
  readonly noProxy: string | undefined
  /** Scratch space, removed at the end. */
  readonly directory: string
  /** The environment in which the real kubectl finds the built plugin, as this user, with caches of its own. */
  environment(user: string): Promise<Record<string, string>>
  /** The real kubectl, to its end. */
  kubectl(args: readonly string[], user?: string): Promise<RunOutcome>
  /** The same, while it runs. */
  launch(args: readonly string[], user?: string): Promise<Launched>
  /** The pods that a kubelet plays are reached through the API server from now on. */
  connectPods(): Promise<void>
  /** The CRD of the sandbox: two operators share the kind's name, so that a server has one of the two. */
  install(dialect: DialectName): Promise<void>
}

/** Without an operator and without its kind. */
export function startServer(users: readonly TokenUser[] = []): Promise<Server & Stoppable> {
  return assemble((directory, begun) => serverIn(directory, users, begun))
}

export async function serverIn(
  directory: string,
  users: readonly TokenUser[],
  begun: Begun,
  restPorts?: readonly number[],
): Promise<Server> {
  const dir = join(directory, 'control-plane')
  const addresses = await begun(openPodAddresses(directory, restPorts))
  const { noProxy } = addresses
  // Without endpoints the service proxy answers at once that there are none; it would wait for addresses that lead nowhere.
  const endpoints = noProxy === undefined
  const controlPlane = await begun(startControlPlane({ dir, users, endpoints, say: console.log }))
  const environment = (user: string) => environmentOf(controlPlane, directory, user)
  return {
    controlPlane,
    noProxy,
    directory,
    environment,
    kubectl: async (args, user = 'admin') => outcome('kubectl', args, atHome(await environment(user))),
    launch: async (args, user = 'admin') => launch('kubectl', args, atHome(await environment(user))),
    connectPods: async () => {
      await begun(startPodNetwork(controlPlane.kubeconfig('operator'), addresses))
    },
    install: dialect => installKind(controlPlane, dialect),
  }
}

async function environmentOf(
  controlPlane: ControlPlane,
  directory: string,
  user: string,
): Promise<Record<string, string>> {
  const home = join(directory, `home-${user}`)
  const kubeconfig = join(home, 'kubeconfig')
  await mkdir(home, { recursive: true })
  await writeFile(kubeconfig, controlPlane.kubeconfig(user), { mode: 0o600 })
  const path = [join(root, 'dist'), process.env['PATH']].join(delimiter)
  return { HOME: home, KUBECONFIG: kubeconfig, PATH: path }
}

/** Where the files that the plugin leaves are removed with the rest. */
function atHome(env: Record<string, string>) {
  const { HOME: cwd } = env
  return { env, ...(cwd !== undefined && { cwd }) }
}

async function installKind({ api }: ControlPlane, dialect: DialectName): Promise<void> {
  for (const definition of kindsOf(dialect)) await installDefinition(api, definition as unknown as KubeObject)
}

/** Created, or put in the place of the one that is there. */
export async function installDefinition(api: KubeApi, definition: KubeObject): Promise<void> {
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  const { metadata, spec } = definition
  const there = await api.send('GET', `${definitions}/${metadata.name}`)
  if (there.code === 404) await api.ask('POST', definitions, definition)
  else await api.ask('PUT', `${definitions}/${metadata.name}`, { ...there.body, spec })
  const { group, names, versions } = spec
  await eventually(`${names.kind} is served`, () =>
    api.get(`/apis/${group}/${versions[0].name}/${names.plural}`),
  )
}
