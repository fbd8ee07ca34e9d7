import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dump, load } from 'js-yaml'
import { type Fields, fieldsAt } from '../../src/domain/fields.ts'
import { exampleObjects } from '../sandbox/examples.ts'
import type { FlinkStub } from '../sandbox/flink/stub.ts'
import { collectionOf, flinkClusterOf, isRunning, jobsPath } from '../sandbox/jobs.ts'
import type { KubeApi } from '../sandbox/kubernetes/api.ts'
import { jobKindOf } from '../sandbox/operators/apache/kinds.ts'
import { isApache } from '../sandbox/operators/dialects.ts'
import type { DialectName, Operator, OperatorOptions } from '../sandbox/operators/operator.ts'
import { startOperator } from '../sandbox/operators/operator.ts'
import type { Environment, ServerRequest } from './environment.ts'
import { binary, type Ended, type Running, start } from './program.ts'
import { grant, type Rule } from './rights.ts'
import { type Placeholders, placeholders } from './screen.ts'
import { seen } from './seen.ts'

/** How the operator of one scenario behaves. */
export type Operating = Pick<
  OperatorOptions,
  | 'races'
  | 'savepointLimitMs'
  | 'retryMs'
  | 'restTimeoutMs'
  | 'secondMs'
  | 'snapshots'
  | 'savepointGraceMs'
  | 'seesFailedStarts'
>

export interface Spec {
  /** Laid over spec.job; null takes a field away. */
  readonly job?: Fields
  /** Laid over spec. */
  readonly spec?: Fields
  /** Without a job: Flink jobs are submitted to it by hand. */
  readonly session?: boolean
}

/** How the program is run, where it is not as usual. */
export interface How {
  /** Words before the program's: `sh -c 'exec "$@" >&-' sh`. */
  readonly under?: readonly string[]
  /** Instead of the built binary. */
  readonly program?: readonly string[]
  /** Laid over its environment. */
  readonly env?: Readonly<Record<string, string>>
}

export interface StageOperator extends Operator {
  /** Its process ends, and after so long another one begins, which knows what is written down and no more. */
  crash(downMs: number): Promise<void>
}

/** What one scenario has to itself: a namespace, an operator that looks after nothing else, and a home for the program. */
export interface Stage {
  readonly dialect: DialectName
  readonly namespace: string
  readonly api: KubeApi
  readonly operator: StageOperator
  /** Savepoints of `orders` go to `orders` below it. */
  readonly directory: string
  readonly screen: Placeholders
  /** The collection of the jobs. */
  readonly clusters: string
  /** Their kind in URLs: `flinkclusters`. */
  readonly resource: string
  /** Creates a job of the stage's kind and resolves once it runs. */
  job(name?: string, spec?: Spec): Promise<Fields>
  /** The same without waiting. */
  create(name: string, spec?: Spec): Promise<void>
  object(name?: string): Promise<Fields>
  /** A merge patch, as the administrator; `subresource` begins with a slash. */
  patch(body: Fields, name?: string, subresource?: string): Promise<Fields>
  /** The object once it meets the condition, however shortly. */
  seen(condition: (object: Fields) => boolean, name?: string): Promise<Fields>
  flink(name?: string): FlinkStub
  /** Runs `kubectl-flinksp` with these words to its end; the screen has placeholders. */
  run(line: string, user?: string): Promise<Ended>
  /** The same, while it runs. */
  launch(line: string, user?: string, how?: How): Promise<Running>
  readonly writeLog: Environment['writeLog']
  /** What a user logs in with. */
  token(user?: string): string
  requests(user: string): Promise<readonly ServerRequest[]>
  /** Gives a user rights in the namespace, and resolves once the API server knows it. */
  grant(user: string, rules: readonly Rule[]): Promise<void>
  close(): Promise<void>
}

const loopMs = 50

export async function openStage(environment: Environment, operating: Operating = {}): Promise<Stage> {
  const { api, dialect, patienceMs } = environment
  const namespace = `c-${randomBytes(4).toString('hex')}`
  const directory = join(environment.directory, namespace)
  await mkdir(directory, { recursive: true })
  await api.create('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  })
  const kubeconfig = environment.kubeconfig('operator')
  const own = { dialect, kubeconfig, webhook: false, watchNamespace: namespace, loopMs }
  const operator = await operatorThatCrashes({ ...own, ...operating })
  const clusters = jobsPath(dialect, namespace)
  const screen = placeholders([[directory, 'DIR'], [namespace, 'NAMESPACE'], ...kindWords(dialect)])
  const path = (name = 'orders') => `${clusters}/${name}`
  const create = async (name: string, { session, ...spec }: Spec = {}) => {
    const place = { namespace, directory: join(directory, name) }
    for (const body of exampleObjects({ dialect, name, ...place, ...spec })) {
      const { job: _, ...jobless } = fieldsAt(body, 'spec')
      const path = collectionOf(dialect, body, namespace)
      await api.create(path, session ? { ...body, spec: jobless } : body)
    }
  }
  const launched: Running[] = []
  const launch = async (line: string, user = 'admin', how: How = {}) => {
    const env = await homeOf(join(directory, `.home-${user}`), environment.kubeconfig(user), namespace)
    const words = patient(line)
      .split(' ')
      .map(word => word.replace('DIR', directory).replace(/^flinkcluster\//, `${kindWord(dialect)}/`))
    const [file = binary, ...before] = [...(how.under ?? []), ...(how.program ?? [binary])]
    const running = start(file, [...before, ...words], { ...env, ...how.env }, env['HOME'])
    launched.push(running)
    return running
  }
  return {
    dialect,
    namespace,
    api,
    operator,
    directory,
    screen,
    clusters,
    resource: clusters.replace(/^.*\//, ''),
    create,
    launch,
    job: async (name = 'orders', spec) => {
      await create(name, spec)
      return seen(api, path(name), isRunning, patienceMs)
    },
    object: name => api.get(path(name)),
    patch: (body, name, subresource = '') => api.patch(`${path(name)}${subresource}`, body),
    seen: (condition, name) => seen(api, path(name), condition, patienceMs),
    flink: (name = 'orders') => {
      const flink = environment.kubelet.flink(namespace, flinkClusterOf(dialect, name))
      if (flink === undefined) throw new Error(`no JobManager runs for ${name}`)
      return flink
    },
    run: async (line, user) => screen.screen(await (await launch(line, user)).ended),
    writeLog: environment.writeLog,
    token: (user = 'admin') => tokenIn(environment.kubeconfig(user)),
    requests: environment.requests,
    grant: (user, rules) => grant(environment, namespace, user, rules),
    // What a scenario that failed has left running would wait until its own time-out.
    async close() {
      for (const running of launched) running.kill()
      await operator.stop()
    },
  }
}

async function operatorThatCrashes(options: OperatorOptions): Promise<StageOperator> {
  let running = await startOperator(options)
  return {
    pause: () => running.pause(),
    resume: () => running.resume(),
    stop: () => running.stop(),
    async crash(downMs) {
      await running.stop()
      await new Promise(resolve => setTimeout(resolve, downMs))
      running = await startOperator(options)
    },
  }
}

/**
 * Screens are written down for a FlinkCluster, and those of another kind differ in its name alone: one that names a
 * FlinkCluster there is wrong.
 */
function kindWords(dialect: DialectName): readonly (readonly [string, string])[] {
  if (!isApache(dialect)) return []
  const kind = jobKindOf(dialect)
  return [
    ['flinkcluster', 'NOT-OURS'],
    [`${kind.toLowerCase()}.flink.apache.org`, 'flinkcluster.flinkoperator.k8s.io'],
    [`${kind.toLowerCase()}/`, 'flinkcluster/'],
    [`${kind.toLowerCase()}s.flink.apache.org`, 'flinkclusters.flinkoperator.k8s.io'],
    [`"${kind}"`, '"FlinkCluster"'],
    ['flink.apache.org/v1beta1', 'flinkoperator.k8s.io/v1beta1'],
  ]
}

/** The look before a restore may last longer than its 5 s on a slow machine, and says so then. */
function patient(line: string): string {
  return /^(restore|resume) (?!.*--verify)/.test(line) ? `${line} --verify-timeout 20s` : line
}

function kindWord(dialect: DialectName): string {
  return isApache(dialect) ? jobKindOf(dialect).toLowerCase() : 'flinkcluster'
}

/** Of the user of its current context. */
function tokenIn(text: string): string {
  const { contexts, users, 'current-context': current } = load(text) as Kubeconfig
  const user = contexts.find(({ name }) => name === current)?.context.user
  const token = users.find(({ name }) => name === user)?.user.token
  if (token === undefined) throw new Error(`no token in the kubeconfig of ${user}`)
  return token
}

interface Kubeconfig {
  'current-context': string
  users: { name: string; user: { token?: string } }[]
  contexts: { name: string; context: { namespace?: string; user: string } }[]
}

async function homeOf(home: string, text: string, namespace: string): Promise<Record<string, string>> {
  const kubeconfig = load(text) as Kubeconfig
  for (const { context } of kubeconfig.contexts) context.namespace = namespace
  await mkdir(home, { recursive: true })
  await writeFile(join(home, 'kubeconfig'), dump(kubeconfig), { mode: 0o600 })
  // How long Tab may take is tried elsewhere, on a machine that does nothing else.
  const patience = { FLINKSP_COMPLETION_TIMEOUT: '30s' }
  return { HOME: home, KUBECONFIG: join(home, 'kubeconfig'), PATH: '/usr/bin:/bin', ...patience }
}
