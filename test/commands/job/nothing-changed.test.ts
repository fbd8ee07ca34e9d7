import assert from 'node:assert/strict'
import { nothingChanged } from '../../../src/commands/job/nothing-changed.ts'
import { Failure, failure, unanswered } from '../../../src/domain/failure.ts'

const told = ({ message, hints }: Failure) => [message, ...hints]

describe('That nothing was changed', () => {
  it('is said before the reason, and the remedies after it', () => {
    assert.deepEqual(told(nothingChanged(failure('not-asked', 'it is busy', 'wait'), 'or do without')), [
      'error: nothing was changed: it is busy',
      'wait',
      'or do without',
    ])
  })

  it('is said after the words of a server, which stay as they are', () => {
    const forbidden = new Failure('not-asked', 'Error from server (Forbidden): no')
    assert.deepEqual(told(nothingChanged(forbidden)), [
      'Error from server (Forbidden): no',
      'nothing was changed',
    ])
  })

  it('is not said of a change that may have been carried out', () => {
    const unknown = unanswered('while flinkcluster/orders was being changed', 'look')
    assert.equal(nothingChanged(unknown, 'or do without'), unknown)
  })
})
