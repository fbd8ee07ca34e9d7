import assert from 'node:assert/strict'
import { parseAnswer } from '../../src/flink/parse.ts'
import { requestFor } from '../../src/flink/request.ts'

const triggerId = 'd'.repeat(32)
const question = { ask: 'disposal', triggerId } as const

describe('the disposal of a savepoint', () => {
  it('is asked for by its path, and asked after by the trigger id', () => {
    assert.deepEqual(requestFor({ ask: 'dispose', location: 's3://b/sp' }), {
      method: 'POST',
      path: '/savepoint-disposal',
      body: { 'savepoint-path': 's3://b/sp' },
    })
    assert.deepEqual(requestFor(question), { method: 'GET', path: `/savepoint-disposal/${triggerId}` })
    assert.equal(requestFor({ ask: 'disposal', triggerId: '../jobs' }), undefined)
  })

  it('is accepted with 200, unlike a savepoint', () => {
    assert.deepEqual(
      parseAnswer({ ask: 'dispose', location: 's3://b/sp' }, 200, { 'request-id': triggerId }),
      { answer: 'taken', triggerId },
    )
  })

  it('is done when its operation has no cause of failure', () => {
    assert.deepEqual(parseAnswer(question, 200, { status: { id: 'IN_PROGRESS' }, operation: null }), {
      answer: 'disposal',
      disposal: { state: 'IN_PROGRESS' },
    })
    assert.deepEqual(parseAnswer(question, 200, { status: { id: 'COMPLETED' }, operation: {} }), {
      answer: 'disposal',
      disposal: { state: 'COMPLETED' },
    })
  })

  it('tells why it failed', () => {
    const trace = [
      'org.apache.flink.util.FlinkException: Could not dispose savepoint s3://b/sp.',
      '\tat org.apache.flink.runtime.dispatcher.Dispatcher.lambda$disposeSavepoint$11(Dispatcher.java:700)',
      'Caused by: java.io.IOException: Access Denied',
    ].join('\n')
    const operation = {
      'failure-cause': { class: 'java.util.concurrent.CompletionException', 'stack-trace': trace },
    }
    const answer = parseAnswer(question, 200, { status: { id: 'COMPLETED' }, operation })
    assert.ok(answer?.answer === 'disposal' && answer.disposal.state === 'FAILED')
    assert.equal(answer.disposal.failure.rootCause, 'Access Denied')
    assert.match(answer.disposal.failure.message, /Could not dispose savepoint s3:\/\/b\/sp\.$/)
  })

  it('is no answer of Flink without a state', () => {
    assert.equal(parseAnswer(question, 200, { ok: true }), undefined)
  })
})
