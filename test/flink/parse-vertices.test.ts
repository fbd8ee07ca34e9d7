import assert from 'node:assert/strict'
import { parseAnswer } from '../../src/flink/parse.ts'
import { requestFor } from '../../src/flink/request.ts'

const jobId = 'ef5f05038af357c0704cca2bf611ae92'
const question = { ask: 'vertices', jobId } as const
const id = 'bc764cd8ddf7a0cff126f51c16239658'

describe('The vertices of a job', () => {
  it('are asked for under the id of the job alone', () => {
    assert.deepEqual(requestFor(question), { method: 'GET', path: `/jobs/${jobId}` })
    assert.equal(requestFor({ ask: 'vertices', jobId: '../jobs' }), undefined)
  })

  it('have the id of the first operator of their chain, and since Flink 1.13 a maximum parallelism', () => {
    const vertices = [
      { id, name: 'Source: Numbers -> Map', parallelism: 2, maxParallelism: 128, status: 'RUNNING' },
      { id: jobId, parallelism: 1, maxParallelism: -1 },
    ]
    assert.deepEqual(parseAnswer(question, 200, { jid: jobId, vertices }), {
      answer: 'vertices',
      vertices: [
        { id, name: 'Source: Numbers -> Map', parallelism: 2, maxParallelism: 128 },
        { id: jobId, parallelism: 1 },
      ],
    })
  })

  it('are none where one of them is none: a graph with a hole would be taken for the whole', () => {
    for (const vertices of [
      undefined,
      'none',
      [null],
      [{ name: 'x' }],
      [{ id: 'x' }],
      new Array(10_001).fill({ id }),
    ])
      assert.equal(parseAnswer(question, 200, { vertices }), undefined)
  })

  it('are refused as Flink refuses a job that it does not know', () => {
    assert.deepEqual(parseAnswer(question, 404, { errors: ['Job ef5 not found'] }), {
      answer: 'refused',
      status: 404,
      reason: 'Job ef5 not found',
    })
  })
})
