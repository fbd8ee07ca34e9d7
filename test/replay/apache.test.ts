import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { exitCode } from '../../src/cli/exit.ts'
import { Failure } from '../../src/domain/failure.ts'
import type { JobFacts } from '../../src/domain/job.ts'
import type { Protocol } from '../../src/domain/protocol.ts'
import type { Resource } from '../../src/domain/resource.ts'
import type { OperatorName } from '../../src/operators/apache/operator.ts'
import { readJob } from '../../src/operators/apache/read.ts'
import { creatingDeployment } from '../../src/operators/apache/restore/creating.ts'
import { restoring } from '../../src/operators/apache/restore/restoring.ts'
import { stopping } from '../../src/operators/apache/stop/stop.ts'
import { chooseTake } from '../../src/operators/apache/take/choose-take.ts'
import { taking } from '../../src/operators/apache/take/taking.ts'
import type { RestoreProgress } from '../../src/operators/job-operator.ts'
import { readApacheTrace, readObjects } from './apache-trace.ts'
import { type Answers, type Options, objectBefore, replay } from './replay.ts'
import { type Expectation, readExpectations, readNotes, type TraceRecord } from './trace.ts'

const recordings = fileURLToPath(new URL('../../../shared/traces/', import.meta.url))

const folders: Readonly<Record<string, OperatorName>> = {
  'apache-1.7.0': 'apache-1.7',
  'apache-1.15.0': 'apache-1.10',
}

describe('recordings of the Apache operator', () => {
  if (!existsSync(recordings)) {
    it('are not here: replay skipped', () => {
      console.log('      replay skipped: ../shared/traces is not here')
    })
    return
  }
  for (const [folder, operator] of Object.entries(folders)) {
    replayFolder(folder, operator)
    readFolder(folder, operator)
  }
})

function replayFolder(folder: string, operator: OperatorName): void {
  for (const [file, expected] of readExpectations(`${recordings}${folder}/expected.json`)) {
    const conclude = concludeBy(expected)
    if (!conclude || !expected.job || expected.noAction) continue
    const name = `${folder}/${file} line ${expected.line}: ${expected.request} by ${expected.via}`
    it(`${name} ends with exit ${expected.exit}`, async () => {
      const trace = readApacheTrace(`${recordings}${folder}/${file}.jsonl`, expected.job as string)
      const concluded = await orRefusal(() => conclude(operator, expected, trace))
      if (concluded.exit === (expected.preflightExit ?? untimely(expected))) return
      const location = (expected.exit === 0 && expected.location) || undefined
      assert.deepEqual(concluded, { exit: expected.exit, location })
    })
  }
}

/** The last object of each recording, with and without knowing which release wrote it. */
function readFolder(folder: string, operator: OperatorName): void {
  const notes = readNotes(`${recordings}${folder}/expected.json`, '_restartPoint')
  for (const [file, note] of notes.filter(([, { jobState }]) => jobState !== undefined)) {
    it(`${folder}/${file} ends with a job that is ${note['jobState']}, whose restart point is known`, () => {
      const job = fileJob(`${recordings}${folder}/${file}.jsonl`, String(note['jobState']))
      const location = note['location'] ?? undefined
      const point = (facts: JobFacts) => [facts.state, facts.restartPoint]
      assert.deepEqual(point(readJob(job, operator)), [note['jobState'], location])
      assert.deepEqual(point(readJob(job)), [note['jobState'], location])
    })
  }
}

function fileJob(file: string, state: string): Resource {
  const jobs = readObjects(file).filter(({ kind, spec }) => kind === 'FlinkSessionJob' || 'job' in spec)
  const last = jobs.findLast(job => readJob(job).state === state)
  assert.ok(last, `no job that is ${state}`)
  return last
}

interface Conclusion {
  readonly exit: number
  readonly location: string | undefined
}

type Conclude = (operator: OperatorName, expected: Expectation, trace: TraceRecord[]) => Promise<Conclusion>

/** Asked to run while its suspension is under way: resume refuses what is not stopped yet. */
function untimely({ request, outcome }: Expectation): number | undefined {
  return request === 'resume' && outcome === 'pending' ? 1 : undefined
}

function concludeBy({ request, via, location }: Expectation): Conclude | undefined {
  if (request === 'take') return concludeTake
  if (request === 'restore' && via === 'savepointRedeployNonce') return concludeRestore
  if (request === 'restore' && via === 'recreate') return concludeCreation
  if (request === 'resume') return concludeResume
  // A stop of ours is refused where there would be no savepoint.
  return request === 'suspend' && location !== null ? concludeStop : undefined
}

async function orRefusal(conclude: () => Promise<Conclusion>): Promise<Conclusion> {
  try {
    return await conclude()
  } catch (error) {
    if (error instanceof Failure) return { exit: exitCode(error), location: undefined }
    throw error
  }
}

async function concludeTake(
  operator: OperatorName,
  expected: Expectation,
  trace: TraceRecord[],
): Promise<Conclusion> {
  if (!trace.some(({ line, object }) => object && line < expected.line))
    throw new Failure('not-asked', 'there is no such job')
  const facts = readJob(objectBefore(trace, expected.line), operator)
  const via = expected.via as 'nonce' | 'snapshot'
  const inquiries = { mayPatchStatus: async () => false, serves: async () => true }
  const way = await chooseTake(facts, operator, { via, forFlink: false }, inquiries)
  if ('failure' in way) throw way.failure
  assert.equal(way.way, via)
  const protocol = taking.protocol({ build: operator, via, wait: true, nonce: 'replayed' })
  const { result, failure } = replay(protocol, trace, expected.line, unreachable, { shown: true })
  return { exit: exitCode(failure), location: failure ? undefined : result.location }
}

function wishFor(operator: OperatorName, expected: Expectation, location: string, resource: Resource) {
  return {
    resource,
    facts: readJob(resource, operator),
    build: operator,
    target: { location },
    allowNonRestoredState: expected.allowNonRestoredState === true,
    nonce: 'replayed',
    wait: true,
    safety: false,
    allowUnknownLocation: true,
    now: 0,
  }
}

async function concludeRestore(
  operator: OperatorName,
  expected: Expectation,
  trace: TraceRecord[],
): Promise<Conclusion> {
  const location = String(expected.value)
  const wish = wishFor(operator, expected, location, objectBefore(trace, expected.line))
  const refusal = restoring.refusal(wish)
  if (refusal !== undefined) throw new Failure('not-asked', refusal)
  return restored(restoring.protocol(wish), expected, trace, location, { shown: true })
}

async function concludeCreation(
  operator: OperatorName,
  expected: Expectation,
  trace: TraceRecord[],
): Promise<Conclusion> {
  const location = String(expected.value)
  const before = trace[expected.line - 1]?.object
  assert.ok(before)
  const wish = wishFor(operator, expected, location, before)
  return restored(creatingDeployment.created(wish), expected, trace, location, { before })
}

/** From exactly what the suspension left. */
async function concludeResume(
  operator: OperatorName,
  expected: Expectation,
  trace: TraceRecord[],
): Promise<Conclusion> {
  const before = objectBefore(trace, expected.line)
  const location = stopping.left?.(readJob(before, operator))
  if (location === undefined) throw new Failure('not-asked', 'nothing is known of a stop')
  const protocol = restoring.protocol(wishFor(operator, expected, location, before))
  return restored(protocol, expected, trace, location, { shown: true })
}

function restored(
  protocol: Protocol<unknown, RestoreProgress>,
  expected: Expectation,
  trace: TraceRecord[],
  location: string,
  options: Options,
): Conclusion {
  const { result, failure } = replay(protocol, trace, expected.line, unreachable, options)
  assert.equal(result.state === 'Restored', failure === undefined)
  return { exit: exitCode(failure), location: failure ? undefined : location }
}

async function concludeStop(
  operator: OperatorName,
  expected: Expectation,
  trace: TraceRecord[],
): Promise<Conclusion> {
  const resource = objectBefore(trace, expected.line)
  const facts = readJob(resource, operator)
  const wish = { resource, facts, build: operator, drain: false, triggerId: '', wait: true }
  const plan = stopping.plan(wish)
  if (plan instanceof Failure) throw plan
  const { result, failure } = replay(stopping.protocol(wish), trace, expected.line, unreachable, {
    shown: true,
  })
  return { exit: exitCode(failure), location: failure ? undefined : result.location }
}

const unreachable: Answers = () => ({
  answer: 'unreachable',
  reason: 'the recording has no REST here',
  mayHaveBeenSent: false,
})
