import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { exitCode } from '../../src/cli/exit.ts'
import { Failure } from '../../src/domain/failure.ts'
import { chooseTake } from '../../src/operators/apache/choose-take.ts'
import type { OperatorName } from '../../src/operators/apache/operator.ts'
import { readJob } from '../../src/operators/apache/read.ts'
import { taking } from '../../src/operators/apache/taking.ts'
import { readApacheTrace } from './apache-trace.ts'
import { type Answers, objectBefore, replay } from './replay.ts'
import { type Expectation, readExpectations, type TraceRecord } from './trace.ts'

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
  for (const [folder, operator] of Object.entries(folders)) replayFolder(folder, operator)
})

function replayFolder(folder: string, operator: OperatorName): void {
  for (const [file, expected] of readExpectations(`${recordings}${folder}/expected.json`)) {
    const conclude = concludeBy(expected)
    if (!conclude || !expected.job || expected.noAction) continue
    const name = `${folder}/${file} line ${expected.line}: ${expected.request} by ${expected.via}`
    it(`${name} ends with exit ${expected.exit}`, async () => {
      const trace = readApacheTrace(`${recordings}${folder}/${file}.jsonl`, expected.job as string)
      const concluded = await orRefusal(() => conclude(operator, expected, trace))
      if (concluded.exit === expected.preflightExit) return
      const location = expected.exit === 0 ? expected.location : undefined
      assert.deepEqual(concluded, { exit: expected.exit, location })
    })
  }
}

interface Conclusion {
  readonly exit: number
  readonly location: string | undefined
}

type Conclude = (operator: OperatorName, expected: Expectation, trace: TraceRecord[]) => Promise<Conclusion>

function concludeBy({ request }: Expectation): Conclude | undefined {
  if (request === 'take') return concludeTake
  return undefined
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

const unreachable: Answers = () => ({
  answer: 'unreachable',
  reason: 'the recording has no REST here',
  mayHaveBeenSent: false,
})
