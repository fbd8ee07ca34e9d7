import assert from 'node:assert/strict'
import { type Fields, textAt } from '../../../src/domain/fields.ts'
import type { RestAnswer, RestQuestion } from '../../../src/domain/rest.ts'
import type { FakeCluster } from '../../support/fake-cluster.ts'
import { type FakeWorld, until } from '../../support/fakes.ts'
import { type ClusterParts, gcpCluster, spotifyCluster } from '../../support/flink-clusters.ts'
import { program } from '../../support/program.ts'
import { entries, key, type Scene, scene, sp, taken } from '../take/samples.ts'

export const orders = {
  apiVersion: 'flinkoperator.k8s.io/v1beta1',
  kind: 'FlinkCluster',
  namespace: 'default',
  name: 'orders',
}
export const line = 'restore orders latest --recreate --yes --verify=false'
export const newJob = 'd'.repeat(32)
/** What the fake manifests call the first file of a restore. */
export const file = '/here/orders-restore.yaml'
export const finish = `kubectl create -f ${file}`
export const sticky = (n: number, name = 'orders') =>
  `Warning: spec.job.fromSavepoint of flinkcluster/${name} stays set: every later change of its spec starts the job from ${sp(n)} again, until the field is changed or removed`

export const stopped = (make: (parts: ClusterParts) => Fields = spotifyCluster, more: ClusterParts = {}) =>
  taken(make, { ...more, jobStatus: { state: 'Failed', ...more.jobStatus } })

/** As tags up to v1beta1-5 write it: nothing of revisions. */
export function oldCluster(parts: ClusterParts = {}): Fields {
  const { status, ...object } = gcpCluster(parts)
  const { currentRevision: _, nextRevision: __, savepoint: ___, ...old } = status as Fields
  return { ...object, status: old }
}

/** Flink: restored from there, and (asked to) completing a savepoint. */
export function flinkAt(n: number, saved = 2): (question: RestQuestion) => RestAnswer {
  return question => {
    switch (question.ask) {
      case 'checkpoints':
        return {
          answer: 'checkpoints',
          checkpoints: {
            restoredCount: 1,
            history: [],
            ...(question.jobId === newJob && { restored: { isSavepoint: true, location: sp(n) } }),
          },
        }
      case 'version':
        return { answer: 'version', version: '1.18.1' }
      case 'take':
        return { answer: 'taken', triggerId: question.triggerId ?? 'e'.repeat(32) }
      case 'savepoint':
        return { answer: 'savepoint', savepoint: { state: 'COMPLETED', location: sp(saved) } }
      default:
        return { answer: 'unreachable', reason: 'no answer', mayHaveBeenSent: false }
    }
  }
}

/** The operator's part: it starts what was created under this name. Resolves once that is watched. */
export async function operate(
  fake: FakeCluster,
  make: (parts: ClusterParts) => Fields = spotifyCluster,
  name = 'orders',
): Promise<void> {
  const place = key.replace(/orders$/, name)
  await until(() => {
    const created = fake.requests.lastIndexOf(`create ${place}`)
    return created >= 0 && fake.requests.lastIndexOf(`watch ${place}`) > created
  })
  const object = fake.object({ ...orders, name })
  const fromSavepoint = textAt(object?.spec ?? {}, 'job', 'fromSavepoint')
  const running = { state: 'Running', id: newJob, fromSavepoint }
  const { spec: _, metadata: __, ...rest } = make({ name, jobStatus: running })
  fake.put({ ...object?.body, ...rest })
}

/** Sleepers are woken until the program has ended. */
export async function awake<T>(world: FakeWorld, ended: Promise<T>): Promise<T> {
  let over = false
  const end = () => {
    over = true
  }
  ended.then(end, end)
  for (let turn = 0; !over; turn++) {
    await new Promise(setImmediate)
    if (turn > 200 && world.clock.sleeping().length > 0) world.clock.advance(1_000)
  }
  return ended
}

/** Runs a command line whose operator starts what is created. */
export async function recreated(
  line: string,
  parts: Scene = {},
  make: (parts: ClusterParts) => Fields = spotifyCluster,
  name = 'orders',
) {
  const there = scene({ objects: [stopped(make)], flink: flinkAt(1), ...parts })
  const ended = program(there.world, line)
  const operating = operate(there.fake, make, name)
  operating.catch(() => undefined)
  const { exit, stdout, stderr } = await awake(there.world, ended)
  return { exit, stdout, stderr: stderr.split('\n').filter(Boolean), ...there }
}

/** Whose restores the record knows, and how they ended. */
export function states(fake: FakeCluster): [unknown, unknown][] {
  return entries(fake).map(entry => [(entry as Fields)['uid'], (entry as Fields)['state']])
}

export const writes = (requests: readonly string[]) =>
  requests.filter(one => /^(patch|create|update|delete)/.test(one))

/** A command line whose operator starts the new job; `files`: manifests that are there. */
export async function created(
  line: string,
  parts: Scene = {},
  files: Record<string, Fields> = {},
  name = 'orders-2',
) {
  const there = scene({ objects: [taken()], flink: flinkAt(1), ...parts })
  for (const [path, object] of Object.entries(files)) there.world.manifests.files.set(path, object)
  const ended = program(there.world, line)
  const operating = operate(there.fake, spotifyCluster, name)
  operating.catch(() => undefined)
  const { exit, stdout, stderr } = await awake(there.world, ended)
  return { exit, stdout, stderr: stderr.split('\n').filter(Boolean), ...there }
}

export const restored = (name = 'orders-2') =>
  `flinkcluster.flinkoperator.k8s.io/${name} restored from ${sp(1)}\n`

export const refused = (...stderr: string[]) => ({ exit: 1, stdout: '', stderr })

/** The screen of a command line that writes nothing. */
export async function refusalOf(...args: Parameters<typeof created>) {
  const { exit, stdout, stderr, fake } = await created(...args)
  assert.deepEqual(writes(fake.requests), [])
  return { exit, stdout, stderr }
}
