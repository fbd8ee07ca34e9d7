import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { exitCode } from '../../src/cli/exit.ts'
import { Failure } from '../../src/domain/failure.ts'
import { parseAnswer } from '../../src/flink/parse.ts'
import type { OperatorName } from '../../src/operators/flink-cluster/operator.ts'
import { abilitiesOf } from '../../src/operators/flink-cluster/operator.ts'
import { readFlinkCluster } from '../../src/operators/flink-cluster/read.ts'
import { restoreCreated } from '../../src/operators/flink-cluster/restore/created.ts'
import { restoreInPlace } from '../../src/operators/flink-cluster/restore/restore.ts'
import { takeBlocking } from '../../src/operators/flink-cluster/take/blocking.ts'
import { takeByStatus } from '../../src/operators/flink-cluster/take/by-status.ts'
import { chooseTake } from '../../src/operators/flink-cluster/take/choose-take.ts'
import { type Answers, objectBefore, replay } from './replay.ts'
import { type Expectation, readExpectations, readTrace, type TraceRecord } from './trace.ts'

const recordings = fileURLToPath(new URL('../../../shared/traces/', import.meta.url))

const operators: Readonly<Record<string, OperatorName>> = {
  'gcp-v1alpha1': 'gcp-v1alpha1',
  'gcp-v1beta1-2': 'gcp-2',
  'gcp-v1beta1-3': 'gcp-3',
  'gcp-v1beta1-9': 'gcp-9',
  'spotify-0.6': 'spotify',
}

const notOurs = new Set(['rejected', 'noop'])

describe('recordings of real operators', () => {
  if (!existsSync(recordings)) {
    it('are not here: replay skipped', () => {
      console.log('      replay skipped: ../shared/traces is not here')
    })
    return
  }
  const folders = readdirSync(recordings).filter(folder => folder in operators)
  it('are there for both families of operators', () => {
    assert.ok(folders.some(folder => folder.startsWith('gcp-')) && folders.includes('spotify-0.6'))
  })
  for (const folder of folders) replayFolder(folder, operators[folder] as OperatorName)
})

function replayFolder(folder: string, operator: OperatorName): void {
  for (const [file, expected] of readExpectations(`${recordings}${folder}/expected.json`)) {
    const wanted =
      expected.request === 'take' ||
      (expected.request === 'restore' && ['fromSavepoint', 'recreate'].includes(expected.via))
    if (!wanted || notOurs.has(expected.outcome)) continue
    const name = `${folder}/${file} line ${expected.line}: ${expected.request} by ${expected.via}`
    it(`${name} ends with exit ${expected.exit}`, async () => {
      const trace = readTrace(`${recordings}${folder}/${file}.jsonl`)
      const concluded = await conclude(
        operator,
        expected,
        trace,
        isToldByFlink(operator, expected) ? recordedAnswers(trace) : unreachable,
      )
      if (concluded.exit === expected.preflightExit) return
      assert.deepEqual(concluded, conclusionOf(expected))
    })
    if (expected.withRest)
      it(`${name} ends with exit ${expected.withRest.exit} where Flink answers`, async () => {
        const trace = readTrace(`${recordings}${folder}/${file}.jsonl`)
        const { exit } = await conclude(operator, expected, trace, recordedAnswers(trace))
        assert.equal(exit, expected.withRest?.exit)
      })
  }
}

/** Tag -2 shows a job that FAILED as Running for 27 s, so that without Flink's word more time is waited than was recorded. */
function isToldByFlink(operator: OperatorName, { via }: Expectation): boolean {
  return operator === 'gcp-2' && via === 'recreate'
}

interface Conclusion {
  readonly exit: number
  readonly location: string | undefined
}

function conclusionOf(expected: Expectation): Conclusion {
  return { exit: expected.exit, location: (expected.exit === 0 && expected.location) || undefined }
}

async function conclude(
  operator: OperatorName,
  expected: Expectation,
  trace: TraceRecord[],
  answers: Answers,
): Promise<Conclusion> {
  try {
    return expected.request === 'take'
      ? await concludeTake(operator, expected, trace, answers)
      : concludeRestore(operator, expected, trace, answers)
  } catch (error) {
    if (error instanceof Failure) return { exit: exitCode(error), location: undefined }
    throw error
  }
}

async function concludeTake(
  operator: OperatorName,
  expected: Expectation,
  trace: TraceRecord[],
  answers: Answers,
): Promise<Conclusion> {
  const facts = readFlinkCluster(objectBefore(trace, expected.line), operator)
  const via = expected.via as 'annotation' | 'generation'
  const way = await chooseTake(facts, operator, { via, forFlink: false }, async () => true)
  if ('failure' in way) throw way.failure
  if (way.way !== 'annotation' && way.way !== 'generation')
    throw new Error('a recording of the operator is no take by REST')
  const options = { operator, via: way.way, wait: true, withdraw: false }
  const { result, failure } =
    abilitiesOf(operator).follows === 'blocking'
      ? replay(takeBlocking(options), trace, expected.line, answers)
      : replay(takeByStatus(options), trace, expected.line, answers)
  return { exit: exitCode(failure), location: failure ? undefined : result.location }
}

function concludeRestore(
  operator: OperatorName,
  expected: Expectation,
  trace: TraceRecord[],
  answers: Answers,
): Conclusion {
  const target = String(expected.value)
  const wish = {
    build: operator,
    target: { location: target },
    allowNonRestoredState: false,
    nonce: 'replayed',
    wait: true,
  }
  // The object that a recreation waits on is what its creation brought.
  const { result, failure } =
    expected.via === 'recreate'
      ? replay(restoreCreated(wish), trace, expected.line + 2, answers)
      : replay(restoreInPlace(wish), trace, expected.line, answers)
  return {
    exit: exitCode(failure),
    location: result.state === 'Restored' ? target : undefined,
  }
}

const unreachable: Answers = () => ({
  answer: 'unreachable',
  reason: 'the recording has no REST here',
  mayHaveBeenSent: false,
})

function recordedAnswers(trace: TraceRecord[]): Answers {
  const asked = trace.filter(record => record.source === 'rest' && record.path)
  return (question, atSeconds) => {
    const path =
      'jobId' in question && question.ask === 'checkpoints' ? `/jobs/${question.jobId}/checkpoints` : ''
    const seen = asked.filter(record => record.seconds <= atSeconds && record.path?.endsWith(path)).at(-1)
    const answer = path && seen && parseAnswer(question, seen.code ?? 0, seen.body)
    return answer || unreachable(question, atSeconds)
  }
}
