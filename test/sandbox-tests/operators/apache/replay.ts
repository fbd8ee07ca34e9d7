import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Fields, fieldsAt, listAt, textAt } from '../../../../src/domain/fields.ts'
import { type ApacheKind, kindPath } from '../../../sandbox/operators/apache/kinds.ts'
import { recordedOf } from '../../../sandbox/operators/apache/recorded.ts'
import { isRunning, type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.ts'
import { passes } from '../steps.ts'
import { type Shape, type Stories, type Teller, teller } from './shape.ts'
import { type Command, readTrace } from './trace.ts'

export interface Replay {
  /** `apache-1.15.0/take-ok`. */
  readonly trace: string
  readonly options: Omit<SandboxOptions, 'directory'>
  /** What happened before the recording: a take by the nonce that stands there, suspend, resume. */
  readonly before?: readonly ('nonce' | 'no nonce' | 'suspend' | 'resume')[]
  /** Laid over spec.job of the example. */
  readonly job?: Fields
  /** The directory of savepoints is spoilt when it begins, and repaired once this was recorded. */
  readonly spoilt?: boolean
  readonly repaired?: (object: Fields) => boolean
  /** Only so many shapes of each object are compared, where the operator goes on for ever. */
  readonly upTo?: number
}

const name = 'orders'
const kinds: readonly ApacheKind[] = ['FlinkDeployment', 'FlinkSessionJob', 'FlinkStateSnapshot']

/** Plays what users did in a recording to the simulated operator; gives both stories. */
export async function replay({ trace, options, before, job, spoilt, repaired, upTo }: Replay) {
  const directory = mkdtempSync(join(tmpdir(), 'replay-'))
  const sandbox = await startSandbox({ ...options, directory })
  const records = readTrace(trace).filter(({ kind, object }) => !isSessionCluster(kind, object))
  try {
    const [first] = records
    const known =
      first?.object && first.command?.do !== 'create'
        ? await prepare(sandbox, first.object, before ?? [], job)
        : ''
    if (spoilt) sandbox.flink(name).change({ failSavepoints: 'uncreatable directory' })
    const recorded = teller()
    const simulated = follow(sandbox)
    for (const record of records) {
      if (record.command) {
        await reached(simulated.stories, cut(recorded.stories, upTo))
        await obey(sandbox, record.command, { recorded, simulated, known })
      }
      recorded.see(record.kind, record.name, record.object)
      if (!record.object || !repaired?.(record.object)) continue
      await reached(simulated.stories, cut(recorded.stories, upTo))
      sandbox.flink(name).change({ failSavepoints: '' })
    }
    const expected = cut(recorded.stories, upTo)
    await reached(simulated.stories, expected)
    simulated.stop()
    return { recorded: expected, simulated: cut(simulated.stories, upTo) }
  } finally {
    await sandbox.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

function isSessionCluster(kind: string, object: Fields | undefined): boolean {
  return kind === 'FlinkDeployment' && object !== undefined && !('job' in fieldsAt(object, 'spec'))
}

/** Gives the location of a savepoint that was taken meanwhile. */
async function prepare(
  sandbox: Sandbox,
  first: Fields,
  steps: readonly string[],
  job: Fields | undefined,
): Promise<string> {
  await sandbox.createCluster(name, job && { job })
  const change = (wanted: Fields) => sandbox.api.patch(sandbox.path(name), { spec: { job: wanted } })
  const { lastReconciledSpec: text } = fieldsAt(first, 'status', 'reconciliationStatus')
  const nonce = recordedOf(String(text)).job?.['savepointTriggerNonce']
  for (const step of steps) {
    if (step === 'nonce') await change({ savepointTriggerNonce: nonce })
    else if (step === 'no nonce') await change({ savepointTriggerNonce: null })
    else await change({ state: step === 'suspend' ? 'suspended' : 'running' })
    await sandbox.seen(name, object => {
      const { lifecycleState, reconciliationStatus } = fieldsAt(object, 'status')
      const { lastReconciledSpec } = reconciliationStatus as { lastReconciledSpec: string }
      const { job: done } = recordedOf(lastReconciledSpec)
      if (step === 'suspend') return lifecycleState === 'SUSPENDED'
      if (step === 'nonce' && done?.['savepointTriggerNonce'] !== nonce) return false
      return isRunning(object) && done?.['state'] === 'running'
    })
    // What it made must be through: it would be taken for a part of the story.
    await passes(sandbox, name, 3)
  }
  return cleared(sandbox)
}

/** Snapshots and Events of before are no part of the story. */
async function cleared({ api, cluster }: Sandbox): Promise<string> {
  const [oldest] = listAt(await cluster(name), 'status', 'jobStatus', 'savepointInfo', 'savepointHistory')
  const snapshots = kindPath('FlinkStateSnapshot', 'default')
  const items = listAt(await api.get(snapshots).catch(() => ({})), 'items')
  for (const item of items) await api.delete(`${snapshots}/${textAt(item, 'metadata', 'name')}`)
  const events = '/api/v1/namespaces/default/events'
  for (const event of listAt(await api.get(events), 'items'))
    await api.delete(`${events}/${textAt(event, 'metadata', 'name')}`)
  const manual = items.find(item => textAt(item, 'metadata', 'labels', 'snapshot.trigger-type') === 'MANUAL')
  return textAt(manual ?? {}, 'status', 'path') ?? textAt(oldest ?? {}, 'location') ?? ''
}

/** Everything that watches bring, as stories. */
function follow(sandbox: Sandbox) {
  const told = teller()
  const stopped = new AbortController()
  const watch = async (kind: string, path: string) => {
    const list = await sandbox.api.get(path)
    const see = (object: Fields, gone = false) => {
      if (isSessionCluster(kind, object)) return
      told.see(kind, textAt(object, 'metadata', 'name') ?? '', gone ? undefined : object)
    }
    for (const item of listAt(list, 'items')) if (!textAt(item, 'metadata', 'deletionTimestamp')) see(item)
    const version = textAt(list, 'metadata', 'resourceVersion')
    const changes = sandbox.api.watch(`${path}?watch=true&resourceVersion=${version}`, stopped.signal)
    for await (const { type, object } of changes) see(object, type === 'DELETED')
  }
  for (const kind of kinds) watch(kind, kindPath(kind, 'default')).catch(() => undefined)
  watch('Event', '/api/v1/namespaces/default/events').catch(() => undefined)
  return { ...told, stop: () => stopped.abort() }
}

function cut({ objects, events }: Stories, upTo: number | undefined): Stories {
  const entries = Object.entries(objects).map(([key, story]): [string, Shape[]] => [
    key,
    story.slice(0, upTo),
  ])
  // What is told later is told where it is not compared any more.
  return {
    objects: Object.fromEntries(entries),
    events: new Set(upTo === undefined ? [...events].sort() : []),
  }
}

/** Waits until each story has got as far as the expected one. */
async function reached({ objects }: Stories, expected: Stories): Promise<void> {
  const limit = Date.now() + 6000
  const short = () =>
    Object.entries(expected.objects).find(([key, story]) => (objects[key]?.length ?? 0) < story.length)
  while (short() && Date.now() < limit) await sleep(10)
  for (const [key, story] of Object.entries(expected.objects))
    assert.deepEqual(objects[key]?.slice(0, story.length), story, key)
}

/** Which savepoint stands for which. */
interface Paths {
  readonly recorded: Teller
  readonly simulated: Pick<Teller, 'locations'>
  /** One that was taken before: it stands for one of the recording that was not seen there. */
  readonly known: string
}

async function obey(
  sandbox: Sandbox,
  command: Command,
  { recorded, simulated, known }: Paths,
): Promise<void> {
  const { api } = sandbox
  if (command.do === 'patch') {
    const { initialSavepointPath: path } = command.job
    const location = simulated.locations[recorded.locations.indexOf(String(path))] ?? (known || path)
    const job = { ...command.job, ...(path !== undefined && { initialSavepointPath: location }) }
    await api.patch(sandbox.path(name), { spec: { job } })
    // What is to be ignored must have been seen: otherwise nothing proves that it was.
    await passes(sandbox, name, 2)
    return
  }
  const kind = textAt(command.object, 'kind') as ApacheKind
  if (kind !== 'FlinkStateSnapshot') {
    if (command.do === 'delete') return api.delete(sandbox.path(name))
    const path = textAt(command.object, 'spec', 'job', 'initialSavepointPath')
    void sandbox
      .createCluster(name, { job: path ? { initialSavepointPath: path } : {} })
      .catch(() => undefined)
    return
  }
  const path = `${kindPath(kind, 'default')}/${textAt(command.object, 'metadata', 'name')}`
  if (command.do === 'delete') return api.delete(path)
  const { apiVersion, spec } = command.object
  const { name: target } = fieldsAt(command.object, 'spec', 'jobReference')
  const own = {
    ...(spec as Fields),
    ...(target === 'demo' && { jobReference: { kind: 'FlinkDeployment', name } }),
  }
  const metadata = { name: textAt(command.object, 'metadata', 'name'), namespace: 'default' }
  await api.create(kindPath(kind, 'default'), { apiVersion, kind, metadata, spec: own })
}
