import { type Fields, fieldsAt, integerAt, textAt } from '../../../src/domain/fields.ts'
import type { ServedKind } from '../../../src/domain/ports.ts'
import type { Resource } from '../../../src/domain/resource.ts'
import type { RestAnswer, RestQuestion } from '../../../src/domain/rest.ts'
import { merge } from '../../operators/apache/story.ts'
import { type FakeCluster, fakeCluster } from '../../support/fake-cluster.ts'
import { fakeManifests, fakeRest, fakeWorld, unreachable } from '../../support/fakes.ts'
import { deployment15, reconciled } from '../../support/flink-deployments.ts'
import { program } from '../../support/program.ts'
import { awake } from '../restore/recreations.ts'

const apiVersion = 'flink.apache.org/v1beta1'
export const deployments: ServedKind = { apiVersion, kind: 'FlinkDeployment', plural: 'flinkdeployments' }
export const sessionJobs: ServedKind = { apiVersion, kind: 'FlinkSessionJob', plural: 'flinksessionjobs' }
export const snapshots: ServedKind = { apiVersion, kind: 'FlinkStateSnapshot', plural: 'flinkstatesnapshots' }
export const flinkClusters: ServedKind = {
  apiVersion: 'flinkoperator.k8s.io/v1beta1',
  kind: 'FlinkCluster',
  plural: 'flinkclusters',
}
const apacheKinds = [deployments, sessionJobs, snapshots]

/** Savepoint n of a job, as its operator writes it. */
export const sp = (n: number | string, name = 'orders') => `s3://bucket/${name}/savepoint-fd0f0f-${n}`

/** One that somebody asked for, and that is complete, at this minute of 11 o'clock. */
export function snapshot(
  n: number,
  more: { of?: string; kind?: string; at?: number; spec?: Fields; labels?: Fields } = {},
) {
  const { of = 'orders', kind = 'FlinkDeployment', at = 50, spec = {}, labels = {} } = more
  return {
    apiVersion,
    kind: 'FlinkStateSnapshot',
    metadata: {
      name: `${of}-${n}`,
      namespace: 'default',
      creationTimestamp: `2026-03-01T11:${at}:00Z`,
      labels: { 'snapshot.trigger-type': 'MANUAL', ...labels },
    },
    spec: { jobReference: { kind, name: of }, savepoint: {}, ...spec },
    status: {
      state: 'COMPLETED',
      path: sp(n, of),
      triggerTimestamp: `2026-03-01T11:${at}:00Z`,
      resultTimestamp: `2026-03-01T11:${at}:02Z`,
    },
  }
}

export function apacheScene(
  objects: readonly Fields[],
  more: { kinds?: ServedKind[]; files?: Record<string, Fields> } = {},
) {
  const fake = fakeCluster({ objects, kinds: more.kinds ?? apacheKinds })
  const rest = fakeRest(question => flinkOf(fake, question))
  const world = fakeWorld({ cluster: fake, rest, manifests: fakeManifests(more.files ?? {}) })
  let made = 0
  return { fake, world, next: () => ++made }
}

export type ApacheScene = ReturnType<typeof apacheScene>

/** Runs a command line while an operator (as 1.15 does it) looks at everything that changes. */
export async function operated({ fake, world, next }: ApacheScene, line: string) {
  const operator = watching(fake, next)
  const ended = program(world, line).finally(() => operator.end())
  const { exit, stdout, stderr } = await awake(world, ended)
  return { exit, stdout, stderr: stderr.split('\n').filter(Boolean) }
}

/** What was asked for of the job and its snapshots, with the names of what was made left out. */
export function asked(fake: FakeCluster): string[] {
  return fake.requests
    .filter(each => !/ConfigMap|Event|^may /.test(each))
    .map(each => each.replace(/-flinksp-[0-9a-f]+/, '-flinksp-…'))
}

/** Looks at every version of every object once. */
function watching(fake: FakeCluster, next: () => number) {
  const over = new AbortController()
  const seen = new Set<string>()
  const look = () => {
    for (const object of [...fake.all('FlinkDeployment'), ...fake.all('FlinkStateSnapshot')]) {
      const version = `${object.metadata.uid} ${object.metadata.resourceVersion}`
      if (seen.has(version)) continue
      seen.add(version)
      const after = object.kind === 'FlinkDeployment' ? carriedOut(object, next) : taken(object, next)
      if (after) fake.put(after)
    }
    if (!over.signal.aborted) setImmediate(look)
  }
  setImmediate(look)
  return { end: () => over.abort() }
}

function taken({ status, body, spec }: Resource, next: () => number): Fields | undefined {
  if (Object.keys(status).length > 0) return undefined
  const of = textAt(spec, 'jobReference', 'name') ?? ''
  return merge(body, { status: { state: 'COMPLETED', path: sp(`taken-${next()}`, of) } })
}

/** Redeployed, suspended, resumed or created, as the spec wants it. */
function carriedOut(object: Resource, next: () => number): Fields | undefined {
  const { body, spec, status, metadata } = object
  if (Object.keys(status).length === 0)
    return started(object, textAt(spec, 'job', 'initialSavepointPath'), next())
  const observed = integerAt(status, 'observedGeneration')
  if (observed === undefined || observed === metadata.generation) return undefined
  const before = JSON.parse(textAt(status, 'reconciliationStatus', 'lastReconciledSpec') ?? '{}') as Fields
  const [was, job] = [fieldsAt(before, 'spec', 'job'), fieldsAt(spec, 'job')]
  const kept = textAt(status, 'jobStatus', 'upgradeSavepointPath')
  if ((job['savepointRedeployNonce'] ?? null) !== was['savepointRedeployNonce'])
    return started(object, textAt(job, 'initialSavepointPath'), next())
  if (job['state'] === 'suspended' && was['state'] !== 'suspended') {
    const jobStatus = { state: 'FINISHED', upgradeSavepointPath: sp(`upgrade-${next()}`, metadata.name) }
    return reconciled(
      merge(body, {
        status: { jobStatus, lifecycleState: 'SUSPENDED', jobManagerDeploymentStatus: 'MISSING' },
      }),
    )
  }
  if (job['state'] === 'running' && was['state'] === 'suspended') return started(object, kept, next())
  return reconciled(body)
}

function started({ body, metadata }: Resource, from: string | undefined, n: number): Fields {
  const fresh = fieldsAt(deployment15({ name: metadata.name }), 'status')
  const jobStatus = {
    jobId: n.toString(16).padStart(32, 'd'),
    state: 'RUNNING',
    startTime: String(1_795_357_012_529 + n),
    ...(from !== undefined && { upgradeSavepointPath: from }),
  }
  const status = merge(fresh, {
    ...fieldsAt(body, 'status'),
    jobStatus,
    lifecycleState: 'STABLE',
    jobManagerDeploymentStatus: 'READY',
  })
  return reconciled({ ...body, status: { ...status, observedGeneration: 0 } })
}

/** A JobManager knows the jobs that run, and what each was restored from. */
function flinkOf(fake: FakeCluster, question: RestQuestion): RestAnswer {
  if (question.ask !== 'checkpoints') return unreachable()
  const job = fake
    .all('FlinkDeployment')
    .find(each => textAt(each.status, 'jobStatus', 'jobId') === question.jobId)
  const location = textAt(job?.status ?? {}, 'jobStatus', 'upgradeSavepointPath')
  const restored = location === undefined ? {} : { restored: { isSavepoint: true, location } }
  return { answer: 'checkpoints', checkpoints: { restoredCount: 1, history: [], ...restored } }
}

export const ordersRef = { apiVersion, kind: 'FlinkDeployment', namespace: 'default', name: 'orders' }
export const jobOf = (fake: FakeCluster, name = 'orders') =>
  fieldsAt(fake.object({ ...ordersRef, name })?.spec ?? {}, 'job')
