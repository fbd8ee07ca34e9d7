import assert from 'node:assert/strict'
import type { InspectedOperator, Inspection } from '../../src/domain/inspection.ts'
import { inspectMetadata } from '../../src/savepoint/inspect.ts'
import { graphOfSavepoint, graphOfUids, graphOfVertices, type JobGraph } from '../../src/verify/graph.ts'
import { operatorIdOf } from '../../src/verify/operator-id.ts'
import { type Verified, verification } from '../../src/verify/verification.ts'
import * as w from '../savepoint/writer.ts'
import { fakePlaces } from '../support/fake-places.ts'

const ids = { numbers: operatorIdOf('numbers'), count: operatorIdOf('count') }
const keyed = { managedKeyed: w.keyGroups(3, w.inline(Buffer.alloc(300))) }

async function inspection(
  operators: readonly w.WrittenOperator[],
  more: Partial<w.Written> = {},
): Promise<Inspection> {
  const places = fakePlaces({ '/sp/_metadata': w.metadataOf({ version: 5, operators, ...more }) })
  const file = await places.openMetadata('/sp')
  return (await inspectMetadata(file, places, { files: false })).inspection
}

/** Result, the checks that do not hold, what is said of operators, and warnings. */
function told(inspection: Inspection, graph: JobGraph | undefined, more: Partial<Verified> = {}) {
  const job = { apiVersion: 'v1', kind: 'FlinkCluster', namespace: 'default', name: 'orders' }
  const { result, checks, operators, warnings } = verification({
    ...{ job, savepoint: { location: 'file:/sp' }, inspection, allowNonRestoredState: false },
    ...(graph && { graph }),
    demands: { flinkVersion: '2.1' },
    ...more,
  })
  return {
    result,
    doubts: checks.filter(check => check.result !== 'Holds').map(check => `${check.check}: ${check.message}`),
    operators: operators.map(({ name, uid, id, outcome, message }) =>
      [name ?? uid ?? id, outcome, message].filter(each => each !== undefined).join(': '),
    ),
    warnings,
  }
}

const numbers = { id: ids.numbers, name: 'Numbers', uid: 'numbers', subtasks: [keyed] }
const count = { id: ids.count, name: 'Count', uid: 'count', subtasks: [keyed] }
const whole = { doubts: [], warnings: [] }

describe('A savepoint and a job', () => {
  it('belong together where the job has all operators that have state', async () => {
    const found = await inspection([numbers, count])
    assert.deepEqual(told(found, graphOfUids(['count', 'numbers'])), {
      ...whole,
      result: 'Fits',
      operators: ['Numbers: Matched', 'Count: Matched'],
    })
  })

  it('do so also by the operators that one uid of a sink stands for', async () => {
    const parts = ['sink', 'Sink Committer: sink', 'Sink sink Committer', 'Sink sink Global Committer']
    const operators = parts.map(uid => ({ id: operatorIdOf(uid), name: uid, uid, subtasks: [keyed] }))
    const { result } = told(await inspection(operators), graphOfUids(['sink']))
    assert.equal(result, 'Fits')
  })

  it('and by an id that the job adopts', async () => {
    const { result } = told(
      await inspection([{ id: 'a'.repeat(32), name: 'A', subtasks: [keyed] }]),
      graphOfUids(['a'.repeat(32)]),
    )
    assert.equal(result, 'Fits')
  })

  it('are strangers by a list of uids only where the operator has one', async () => {
    const nameless = { id: 'b'.repeat(32), name: 'Nameless', subtasks: [keyed] }
    const { result, doubts, operators } = told(await inspection([nameless]), graphOfUids(['count']))
    assert.deepEqual(
      { result, doubts, operators },
      {
        result: 'Unknown',
        doubts: ['Operators: of 1 operator with state the job has 0; of 1 it is not known: they have no uid'],
        operators: ['Nameless: Unknown', 'count: New'],
      },
    )
  })

  it('are told apart by a uid that was changed, which the name of the operator betrays', async () => {
    const renamed = graphOfSavepoint(
      await inspection([{ ...count, id: ids.numbers, uid: 'numbers' }]),
      'savepoint',
    )
    assert.deepEqual(told(await inspection([count]), renamed).operators, [
      'Count: Dropped: the job has one of this name under another id: was its uid changed?',
      'Count: New',
    ])
  })

  it('belong together where the savepoint has no state at all, whatever the job is', async () => {
    assert.equal(told(await inspection([{ ...count, subtasks: [{}] }]), undefined).result, 'Fits')
    assert.equal(told(await inspection([{ ...count, subtasks: [{}] }]), graphOfVertices([])).result, 'Fits')
    assert.equal(told(await inspection([]), graphOfVertices([])).result, 'Fits')
  })

  it('do not where a coordinator alone has state, as that of a source has', async () => {
    const source = { ...numbers, subtasks: [{}], coordinator: w.inline(Buffer.alloc(9)) }
    assert.equal(told(await inspection([source]), graphOfUids(['count'])).result, 'DoesNotFit')
  })

  it('warn of records in flight where operators came or went', async () => {
    const between = {
      ...count,
      subtasks: [{ ...keyed, input: [w.channel(5, 1, 8, w.inline(Buffer.alloc(8)))] }],
    }
    const found = await inspection([between])
    assert.deepEqual(told(found, graphOfUids(['count'])).warnings, [])
    const { result, warnings } = told(found, graphOfUids(['count', 'numbers']))
    assert.equal(result, 'Fits')
    assert.match(warnings[0] ?? '', /^it is an unaligned checkpoint, which holds records in flight/)
  })
})

describe('The parallelism that is declared for a whole job', () => {
  const parallel = async (
    maxParallelism: number,
    demands: Verified['demands'],
    subtasks: InspectedOperator['hasState'],
  ) =>
    told(
      await inspection([{ ...count, maxParallelism, subtasks: subtasks ? [keyed] : [{}] }]),
      graphOfUids(['count']),
      {
        demands: { flinkVersion: '2.1', ...demands },
      },
    )

  it('may be above what the state allows, where the operator does not have its own', async () => {
    const { result, doubts } = await parallel(4, { parallelism: 8 }, true)
    assert.deepEqual(
      { result, doubts },
      {
        result: 'Unknown',
        doubts: [
          'Parallelism: of 1 operator: the parallelism of the job, 8, is above the 4 that its state can be spread over, unless the operator has its own',
        ],
      },
    )
  })

  it('says nothing of an operator that is never parallel, nor of one without state', async () => {
    assert.equal((await parallel(1, { parallelism: 8, maxParallelism: 128 }, true)).result, 'Fits')
    assert.equal((await parallel(4, { parallelism: 8 }, false)).result, 'Fits')
  })

  it('does not fit where the job sets another maximum', async () => {
    const { result, doubts } = await parallel(128, { maxParallelism: 256 }, true)
    assert.deepEqual(
      { result, doubts },
      {
        result: 'DoesNotFit',
        doubts: [
          'Parallelism: of 1 operator: its maximum parallelism is 128 in the savepoint, and the job sets 256 (pipeline.max-parallelism)',
        ],
      },
    )
  })
})
