import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Fields, fieldsAt, textAt } from '../../../src/domain/fields.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts'
import { type Shape, shapes } from './shape.ts'
import { annotate, jobOf, passes, patch, refusal, restoreTo, takeByAnnotation } from './steps.ts'
import { type Command, readTrace, type TraceRecord } from './trace.ts'

export interface Replay {
  /** `gcp-v1beta1-9/restore-ok`. */
  readonly trace: string
  readonly options: Omit<SandboxOptions, 'directory'>
  /** What happened before the recording: takes by annotation or generation, the operator's own repeat of one, a restore to the last, an annotation that means nothing. */
  readonly before?: readonly ('annotation' | 'generation' | 'repeat' | 'restore' | 'nonsense')[]
  /** Laid over spec.job of the example. */
  readonly job?: Fields
  /** Only so many shapes are compared, where the operator goes on for ever. */
  readonly upTo?: number
  /** A note of the recording that says that the world changed. */
  readonly onNote?: (text: string, sandbox: Sandbox) => void
}

const name = 'replayed'

/** Plays the commands of a recording to the simulated operator; gives both stories and both answers of each command. */
export async function replay({ trace, options, before, job, upTo, onNote }: Replay) {
  const directory = mkdtempSync(join(tmpdir(), 'replay-'))
  const sandbox = await startSandbox({ ...options, directory })
  try {
    const records = readTrace(trace)
    if (records[0]?.is === 'object') await prepare(sandbox, before ?? [], job)
    const simulated = recorder(sandbox, name)
    const recorded = shapes()
    const answers: { recorded: string; simulated: string }[] = []
    const locations = pairedLocations(simulated.objects)
    const obey = async (command: Command, created: Fields) => {
      const output = await run(sandbox, locations.translated(command), created, locations, job)
      // What is to be ignored must have been seen: otherwise nothing proves that it was.
      if (command.do === 'patch') await passes(sandbox, name, 2)
      return output
    }
    for (const [index, record] of records.entries()) {
      if (record.is === 'object') recorded.add(locations.note(record.object))
      else if (record.is === 'deleted') recorded.add(undefined)
      else await reached(simulated.list, recorded.list.slice(0, upTo))
      if (record.is === 'note') onNote?.(record.text, sandbox)
      if (record.is !== 'command') continue
      const output = await obey(record.command, nextObject(records, index))
      answers.push({ recorded: refusalOf(record.output), simulated: output })
    }
    const expected = recorded.list.slice(0, upTo)
    await reached(simulated.list, expected)
    simulated.stop()
    return { recorded: expected, simulated: simulated.list.slice(0, upTo), answers }
  } finally {
    await sandbox.close()
    rmSync(directory, { recursive: true })
  }
}

async function prepare(sandbox: Sandbox, before: readonly string[], job: Fields | undefined): Promise<void> {
  await sandbox.createCluster(name, job && { job })
  for (const [index, step] of before.entries()) {
    const count = index + 1
    if (step === 'restore') await restore(sandbox)
    else if (step === 'nonsense') await annotate(sandbox, name, 'nonsense')
    else if (step === 'annotation') await takeByAnnotation(sandbox, name)
    else if (step === 'repeat') await taken(sandbox, count)
    else await patch(sandbox, name, { spec: { job: { savepointGeneration: count } } })
    // Tag -9 does not act on the first generation.
    if (step === 'generation' && sandbox.dialect !== 'gcp-9') await taken(sandbox, count)
  }
}

async function taken(sandbox: Sandbox, generation: number): Promise<void> {
  await sandbox.seen(
    name,
    object => fieldsAt(object, 'status', 'components', 'job')['savepointGeneration'] === generation,
  )
}

async function restore(sandbox: Sandbox): Promise<void> {
  await restoreTo(sandbox, name, jobOf(await sandbox.cluster(name))['savepointLocation'])
}

/** Every object that a watch brings, as shapes. */
function recorder(sandbox: Sandbox, cluster: string) {
  const { add, list } = shapes()
  const objects: Fields[] = []
  const stopped = new AbortController()
  const follow = async () => {
    const path = sandbox.path('').replace(/\/$/, '')
    const listed = await sandbox.api.get(path)
    const version = textAt(listed, 'metadata', 'resourceVersion')
    const present = await sandbox.cluster(cluster).catch(() => undefined)
    if (present) see(present)
    for await (const { type, object } of sandbox.api.watch(
      `${path}?watch=true&resourceVersion=${version}`,
      stopped.signal,
    )) {
      if (type === 'DELETED') add(undefined)
      else see(object)
    }
  }
  const see = (object: Fields) => {
    objects.push(object)
    add(object)
  }
  follow().catch(() => undefined)
  return { list, objects, stop: () => stopped.abort() }
}

/** Waits until the story has got as far as the expected one, or has left it. */
async function reached(story: readonly Shape[], expected: readonly Shape[]): Promise<void> {
  const limit = Date.now() + 8000
  while (story.length < expected.length && Date.now() < limit) await sleep(10)
  assert.deepEqual(story.slice(0, expected.length), expected)
}

/** The savepoints of the recording and those of the simulation, in the order in which they appeared. */
function pairedLocations(objects: readonly Fields[]) {
  const recorded: string[] = []
  const locationOf = (object: Fields) => textAt(object, 'status', 'components', 'job', 'savepointLocation')
  const simulatedOnes = () => [...new Set(objects.map(locationOf).filter(location => location !== undefined))]
  return {
    note: (object: Fields) => {
      const location = locationOf(object)
      if (location && !recorded.includes(location)) recorded.push(location)
      return object
    },
    translate: (location: string) => simulatedOnes()[recorded.indexOf(location)] ?? location,
    translated(command: Command): Command {
      const from = command.do === 'patch' ? textAt(command.patch, 'spec', 'job', 'fromSavepoint') : undefined
      if (command.do !== 'patch' || from === undefined) return command
      return { ...command, patch: { spec: { job: { fromSavepoint: this.translate(from) } } } }
    },
  }
}

function nextObject(records: readonly TraceRecord[], index: number): Fields {
  const next = records.slice(index).find(record => record.is === 'object')
  return next?.is === 'object' ? next.object : {}
}

/** Carries a command out; '' or the refusal, as kubectl would print it. */
function run(
  sandbox: Sandbox,
  command: Command,
  created: Fields,
  locations: { translate(location: string): string },
  job: Fields | undefined,
): Promise<string> {
  switch (command.do) {
    case 'patch':
      return refusal(patch(sandbox, name, command.patch, command.subresource))
    case 'delete':
      return refusal(sandbox.api.delete(sandbox.path(name)))
    case 'create': {
      const from = textAt(created, 'spec', 'job', 'fromSavepoint')
      const overlay = { ...job, ...(from && { fromSavepoint: locations.translate(from) }) }
      // Its way to Running is part of the story.
      void sandbox.createCluster(name, { job: overlay }).catch(() => undefined)
      return Promise.resolve('')
    }
  }
}

function refusalOf(output: string): string {
  return output.startsWith('Error') ? output : ''
}
