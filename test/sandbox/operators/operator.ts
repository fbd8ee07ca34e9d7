import { fieldsAt, listAt, textAt } from '../../../src/domain/fields.ts'
import { openApi } from '../kubernetes/api.ts'
import { keyOf, startInformer } from '../kubernetes/informer.ts'
import { startApacheOperator } from './apache/operator.ts'
import type { ClusterDialectName, Dialect, DialectName } from './dialect.ts'
import { dialects, isApache } from './dialects.ts'
import { eventRecorder } from './events.ts'
import type { Limits } from './observed.ts'
import { clustersPath } from './paths.ts'
import { workQueue } from './queue.ts'
import { noRaces, type Races } from './races.ts'
import { seededRandom } from './random.ts'
import { type Reconciler, reconcile } from './reconciler.ts'
import { thread } from './thread.ts'
import { startWebhook } from './webhook.ts'

export type { DialectName } from './dialect.ts'

export interface OperatorOptions {
  readonly dialect: DialectName
  /** Of a user who may do what an operator does. */
  readonly kubeconfig: string
  /** 10 s in reality; half of it after a status write. */
  readonly loopMs?: number
  /** Decides the races. */
  readonly seed?: number
  readonly races?: Partial<Races>
  /** The admission webhook, on unless it is false. */
  readonly webhook?: boolean
  /** GCP's patience with a savepoint: 60 s in reality; six loops unless it is given where the operator waits inside its loop. */
  readonly savepointLimitMs?: number
  /** Between failed attempts at an update or scheduled savepoint: 10 s in reality; one loop unless it is given. */
  readonly retryMs?: number
  /** How long one second of autoSavepointSeconds lasts, 1 s unless it is given; times in status stay those of the clock. */
  readonly secondMs?: number
  readonly watchNamespace?: string
  /** How long Flink may take to answer: 30 s on GCP, for ever on Spotify; here twenty loops, and no longer than 30 s. */
  readonly restTimeoutMs?: number
  /** Of the Apache operator: FlinkStateSnapshots are looked at, where its release has any. */
  readonly snapshots?: boolean
  /** Of the Apache operator: a savepoint that failed later than so long after its trigger is given up, 60 s in reality. */
  readonly savepointGraceMs?: number
  /** Of the Apache operator: of a job that cannot start it sees the failure, in place of a pod that starts again and again. */
  readonly seesFailedStarts?: boolean
  readonly log?: (line: string) => void
}

export interface Operator {
  stop(): Promise<void>
  /** As if the operator were down: it does nothing and notices nothing, but its webhook goes on answering. Resolves once it is. */
  pause(): Promise<void>
  resume(): void
}

/** Starts a simulated operator against any API server. */
export function startOperator({ dialect, ...options }: OperatorOptions): Promise<Operator> {
  return isApache(dialect)
    ? startApacheOperator({ ...options, dialect })
    : startClusterOperator({ ...options, dialect })
}

async function startClusterOperator(
  options: OperatorOptions & { readonly dialect: ClusterDialectName },
): Promise<Operator> {
  const api = await openApi(options.kubeconfig)
  const loopMs = options.loopMs ?? 10_000
  const log = options.log ?? (() => undefined)
  const dialect: Dialect = dialects[options.dialect]
  const stopped = new AbortController()
  const reconciler: Reconciler = {
    api,
    dialect,
    // Spotify's client-go names the reporter twice (seen on v0.6), GCP's does not (seen on tag -9).
    events: eventRecorder(api, dialect.name === 'spotify' ? 'FlinkOperator' : ''),
    loopMs,
    limits: limitsOf(options, loopMs),
    restTimeoutMs: options.restTimeoutMs ?? Math.min(30_000, 20 * loopMs),
    races: { ...noRaces, ...options.races },
    random: seededRandom(options.seed ?? 1),
    memories: new Map(),
    thread: thread(),
    stopped: stopped.signal,
  }
  const webhook = options.webhook === false ? undefined : await startWebhook(api, options.dialect)
  const queue = workQueue({
    gapMs: Math.min(20, loopMs / 4),
    work: key =>
      reconcile(reconciler, key).catch(error => {
        log(`${options.dialect} ${key}: ${(error as Error).message}`)
        return Math.min(100, loopMs)
      }),
  })
  const informers = await startInformers(api, dialect, options.watchNamespace, key => queue.add(key))
  return {
    pause: queue.pause,
    resume: queue.resume,
    stop: async () => {
      stopped.abort()
      await queue.stop()
      await Promise.all(informers.map(informer => informer.stop()))
      await webhook?.stop()
      api.close()
    },
  }
}

function limitsOf(options: OperatorOptions, loopMs: number): Limits {
  // Up to tag -3 it waits in steps of half a loop (5 s), twelve times.
  const patience = options.dialect === 'gcp-2' || options.dialect === 'gcp-v1alpha1' ? 6 * loopMs : 60_000
  return {
    savepointMs: options.savepointLimitMs ?? patience,
    retryMs: options.retryMs ?? loopMs,
    secondMs: options.secondMs ?? 1000,
    stopMs: 600_000,
  }
}

/** Every change of a FlinkCluster or of one of its pods is a reason for a pass, status writes of our own included: there is no predicate. */
function startInformers(
  api: Awaited<ReturnType<typeof openApi>>,
  { version }: Dialect,
  namespace: string | undefined,
  add: (key: string) => void,
) {
  const within = namespace ? `namespaces/${namespace}/` : ''
  return Promise.all([
    startInformer(api, {
      path: clustersPath(namespace, version),
      onChange: object => add(keyOf(object)),
    }),
    startInformer(api, {
      path: `/api/v1/${within}pods`,
      labelSelector: 'flinksp.test/process=true',
      onChange: object => {
        const owner = textAt(listAt(object, 'metadata', 'ownerReferences')[0] ?? {}, 'name')
        const own = fieldsAt(object, 'metadata')['namespace']
        if (owner) add(`${own}/${owner}`)
      },
    }),
  ])
}
