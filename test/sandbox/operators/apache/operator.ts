import { listAt, textAt } from '../../../../src/domain/fields.ts'
import { openApi } from '../../kubernetes/api.ts'
import { keyOf, startInformer } from '../../kubernetes/informer.ts'
import { workQueue } from '../queue.ts'
import { type ApacheDialectName, apacheFeatures } from './features.ts'
import { type ApacheKind, kindPath } from './kinds.ts'
import type { ApacheOperator } from './operator-context.ts'
import { reconcileJob } from './reconcile-job.ts'
import { reconcileSnapshot } from './reconcile-snapshot.ts'

export interface ApacheOperatorOptions {
  readonly dialect: ApacheDialectName
  /** Of a user who may do what an operator does. */
  readonly kubeconfig: string
  /** 60 s in reality, 15 s in its Helm chart. */
  readonly loopMs?: number
  /** False as by kubernetes.operator.snapshot.resource.enabled. */
  readonly snapshots?: boolean
  readonly savepointGraceMs?: number
  readonly seesFailedStarts?: boolean
  readonly secondMs?: number
  readonly watchNamespace?: string
  readonly restTimeoutMs?: number
  readonly log?: (line: string) => void
}

/** Starts a simulated Apache operator against any API server that has its kinds. */
export async function startApacheOperator(options: ApacheOperatorOptions) {
  const { dialect, watchNamespace, log = () => undefined } = options
  const api = await openApi(options.kubeconfig)
  const features = apacheFeatures[dialect]
  const stopped = new AbortController()
  const loopMs = options.loopMs ?? 15_000
  const operator: ApacheOperator = {
    api,
    features,
    snapshots: features.snapshots && options.snapshots !== false,
    loopMs,
    restTimeoutMs: options.restTimeoutMs ?? Math.min(10_000, 100 * loopMs),
    seesFailedStarts: options.seesFailedStarts ?? false,
    graceMs: options.savepointGraceMs ?? 60_000,
    secondMs: options.secondMs ?? 1000,
    periodicAt: new Map(),
    haMetadata: new Map(),
    stopped: stopped.signal,
  }
  const queue = workQueue({
    gapMs: Math.min(20, loopMs / 4),
    work: key =>
      work(operator, key).catch(error => {
        log(`${dialect} ${key}: ${(error as Error).message}`)
        return Math.min(100, loopMs)
      }),
  })
  const informers = await informersOf(operator, watchNamespace, key => queue.add(key))
  return {
    pause: queue.pause,
    resume: queue.resume,
    stop: async () => {
      stopped.abort()
      await queue.stop()
      await Promise.all(informers.map(informer => informer.stop()))
      api.close()
    },
  }
}

function work(operator: ApacheOperator, key: string): Promise<number | undefined> {
  const [kind, namespace = '', name = ''] = key.split('/') as [ApacheKind, string?, string?]
  if (kind === 'FlinkStateSnapshot') return reconcileSnapshot(operator, namespace, name)
  return reconcileJob(operator, kind, namespace, name)
}

/** With snapshots off nobody looks at their objects at all. */
async function informersOf(
  { api, snapshots }: ApacheOperator,
  namespace: string | undefined,
  add: (key: string) => void,
) {
  const kinds: ApacheKind[] = [
    'FlinkDeployment',
    'FlinkSessionJob',
    ...(snapshots ? (['FlinkStateSnapshot'] as const) : []),
  ]
  const within = namespace ? `namespaces/${namespace}/` : ''
  // The spec's generation moves with each change that counts: status writes of its own are no reason for a pass.
  const generations = new Map<string, string>()
  const changed = (kind: ApacheKind) => (object: Parameters<typeof keyOf>[0], deleted: boolean) => {
    const key = `${kind}/${keyOf(object)}`
    const { uid, generation, deletionTimestamp } = object['metadata'] as Record<string, unknown>
    const seen = `${uid} ${generation} ${deletionTimestamp}`
    if (generations.get(key) === seen && !deleted) return
    generations.set(key, seen)
    add(key)
  }
  return Promise.all([
    ...kinds.map(kind => startInformer(api, { path: kindPath(kind, namespace), onChange: changed(kind) })),
    startInformer(api, {
      path: `/api/v1/${within}pods`,
      labelSelector: 'flinksp.test/process=true',
      onChange: object => {
        const owner = textAt(listAt(object, 'metadata', 'ownerReferences')[0] ?? {}, 'name')
        if (owner) add(`FlinkDeployment/${textAt(object, 'metadata', 'namespace')}/${owner}`)
      },
    }),
  ])
}
