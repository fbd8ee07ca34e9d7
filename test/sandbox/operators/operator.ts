import { fieldsAt, listAt, textAt } from '../../../src/domain/fields.ts'
import { openApi } from '../kubernetes/api.ts'
import { keyOf, startInformer } from '../kubernetes/informer.ts'
import { eventRecorder } from './events.ts'
import { gcp9 } from './gcp/dialect.ts'
import { workQueue } from './queue.ts'
import { noRaces, type Races } from './races.ts'
import { seededRandom } from './random.ts'
import { type Reconciler, reconcile } from './reconciler.ts'
import { spotify } from './spotify/dialect.ts'
import { startWebhook } from './webhook.ts'

export type DialectName = 'gcp-9' | 'spotify'

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
  /** GCP's patience with a savepoint: 60 s in reality. */
  readonly savepointLimitMs?: number
  /** Between failed attempts at an update or scheduled savepoint: 10 s in reality; one loop unless it is given. */
  readonly retryMs?: number
  readonly watchNamespace?: string
  /** How long Flink may take to answer: 30 s on GCP, for ever on Spotify; here twenty loops, and no longer than 30 s. */
  readonly restTimeoutMs?: number
  readonly log?: (line: string) => void
}

export interface Operator {
  stop(): Promise<void>
  /** As if the operator were down: it does nothing and notices nothing, but its webhook goes on answering. */
  pause(): void
  resume(): void
}

/** Starts a simulated FlinkCluster operator against any API server. */
export async function startOperator(options: OperatorOptions): Promise<Operator> {
  const api = await openApi(options.kubeconfig)
  const loopMs = options.loopMs ?? 10_000
  const log = options.log ?? (() => undefined)
  const reconciler: Reconciler = {
    api,
    dialect: options.dialect === 'gcp-9' ? gcp9 : spotify,
    events: eventRecorder(api),
    loopMs,
    limits: { savepointMs: options.savepointLimitMs ?? 60_000, retryMs: options.retryMs ?? loopMs },
    restTimeoutMs: options.restTimeoutMs ?? Math.min(30_000, 20 * loopMs),
    races: { ...noRaces, ...options.races },
    random: seededRandom(options.seed ?? 1),
    memories: new Map(),
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
  const informers = await startInformers(api, options.watchNamespace, key => queue.add(key))
  return {
    pause: queue.pause,
    resume: queue.resume,
    stop: async () => {
      await queue.stop()
      await Promise.all(informers.map(informer => informer.stop()))
      await webhook?.stop()
      api.close()
    },
  }
}

/** Every change of a FlinkCluster or of one of its pods is a reason for a pass, status writes of our own included: there is no predicate. */
function startInformers(
  api: Awaited<ReturnType<typeof openApi>>,
  namespace: string | undefined,
  add: (key: string) => void,
) {
  const within = namespace ? `namespaces/${namespace}/` : ''
  return Promise.all([
    startInformer(api, {
      path: `/apis/flinkoperator.k8s.io/v1beta1/${within}flinkclusters`,
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
