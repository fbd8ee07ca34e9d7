import assert from 'node:assert/strict'
import { type Fields, fieldsAt } from '../../../src/domain/fields.ts'
import type { Protocol } from '../../../src/domain/protocol.ts'
import type { Savepoint } from '../../../src/domain/savepoint.ts'
import { restoreInPlace } from '../../../src/operators/apache/restore/restore.ts'
import { takeByNonce } from '../../../src/operators/apache/take/by-nonce.ts'
import { takeBySnapshot } from '../../../src/operators/apache/take/by-snapshot.ts'
import type { Dice } from '../../support/dice.ts'
import { refusal } from '../../support/fake-cluster.ts'
import { apacheJobId, deployment15, deployment17 } from '../../support/flink-deployments.ts'
import { forSeeds } from '../../support/property.ts'
import { type AnyOperator, anyRestarter, anyTaker, target } from './any-operator.ts'
import { deleted, type Ending, type Happening, type Story, snapshotDeleted, tell } from './story.ts'

/** Up to forty things happen within two minutes, some of which nobody sees; then time runs out. */
function storyOf(before: Fields, { act, answer }: Pick<AnyOperator, 'act' | 'answer'>, chance: Dice): Story {
  const gaps = chance.once(3)
  const denied = refusal(chance.pick([403, 409]), 'Forbidden', 'not you')
  const refusable = ['take-back', 'ask-nonce', 'again', 'unserved', 'put-back', 'tidy'].filter(() =>
    chance.once(5),
  )
  let at = 0
  const sees = Array.from({ length: chance.roll(40) }, (): readonly [number, Happening] => {
    at += chance.roll(60) / 10
    return [at, anything(act, chance, gaps)]
  })
  return {
    before,
    sees,
    flink: question => answer(question),
    refuses: Object.fromEntries(refusable.map(id => [id, denied])),
    timeout: 120,
    ...(chance.once(10) && { interrupted: chance.roll(120) }),
  }
}

/** Decided when it happens, so that what comes of it follows what came before. */
function anything(act: () => Happening, chance: Dice, gaps: boolean): Happening {
  return scene => {
    if (chance.once(60)) return deleted(scene)
    if (chance.once(60)) return snapshotDeleted(scene)
    const events = act()(scene)
    return gaps && chance.once(4) ? [] : events
  }
}

function checkTake(
  { taken, failures }: AnyOperator,
  { result, exit, writes, message }: Ending<Savepoint>,
): string {
  assert.equal(exit === 0, result.state === 'Completed', `exit ${exit}, but ${result.state}`)
  if (result.state === 'Completed') {
    const own = [...taken].find(([, { location }]) => location === result.location)
    assert.ok(own, `${result.location} was not taken after the request`)
    assert.ok(own[1].manual, 'a periodic one was taken for ours')
  } else assert.equal(result.location, undefined)
  assert.equal(result.failure !== undefined, result.state === 'Failed')
  const over = /deleted|stopped|given up|taken back|came to nothing|took the place/.test(message ?? '')
  if (result.state === 'Failed') assert.ok(failures > 0 || over, `nothing failed: ${message}`)
  const asked = writes.filter(([id]) => id === 'ask' || id === 'again' || id === 'ask-nonce')
  assert.ok(asked.length <= 7, 'it asks again without end')
  return result.state
}

function playTake(protocol: Protocol<unknown, Savepoint>, before: Fields, chance: Dice): string {
  const operator = anyTaker(chance)
  return checkTake(operator, tell(protocol, storyOf(before, operator, chance)))
}

describe('whatever an Apache operator does', () => {
  it('a take by nonce up to 1.9 is completed by a savepoint of after the request, or not at all', () => {
    const options = { operator: 'apache-1.7', snapshots: false, wait: true } as const
    forSeeds(
      500,
      chance => playTake(takeByNonce(options) as never, deployment17(), chance),
      'Completed',
      'Failed',
      'InProgress',
      'Requested',
    )
  })

  it('a take by nonce from 1.10 on is completed by a savepoint of after the request, or not at all', () => {
    const options = { operator: 'apache-1.10', snapshots: true, wait: true } as const
    forSeeds(
      500,
      chance => playTake(takeByNonce(options) as never, deployment15(), chance),
      'Completed',
      'Failed',
      'InProgress',
      'Requested',
    )
  })

  it('a take by snapshot is completed by a savepoint of after the request, or not at all', () => {
    const options = { operator: 'apache-1.10', nonce: '0123456789', wait: true } as const
    forSeeds(
      500,
      chance => playTake(takeBySnapshot(options) as never, deployment15(), chance),
      'Completed',
      'Failed',
      'InProgress',
      'Requested',
    )
  })

  it('a restore is only told as done where operator and Flink show it', () => {
    const order = {
      build: 'apache-1.10',
      target: { location: target },
      allowNonRestoredState: false,
      nonce: 'n',
      wait: true,
    }
    forSeeds(
      500,
      chance => {
        const operator = anyRestarter(chance)
        const before = deployment15()
        const { result, exit, writes } = tell(restoreInPlace(order), storyOf(before, operator, chance))
        assert.equal(exit === 0, result.state === 'Restored')
        assert.equal(result.failure !== undefined, result.state === 'Failed')
        assert.equal(writes.length, 1)
        if (result.state === 'Restored') {
          assert.ok(
            result.proof.operator && operator.shown.some(isProof),
            'no job was seen that runs, new, from there',
          )
        } else assert.equal(result.proof.rest, false)
        return result.state
      },
      'Failed',
      'InProgress',
      'Restored',
    )
  })
})

/** It runs as another job, from the target, with our nonce carried out. */
function isProof(body: Fields): boolean {
  const status = fieldsAt(body, 'status')
  const job = fieldsAt(status, 'jobStatus')
  const spec = JSON.parse(String(fieldsAt(status, 'reconciliationStatus')['lastReconciledSpec'])) as Fields
  return (
    job['state'] === 'RUNNING' &&
    job['upgradeSavepointPath'] === target &&
    (job['startTime'] !== '1795357012529' || job['jobId'] !== apacheJobId) &&
    fieldsAt(spec, 'spec', 'job')['savepointRedeployNonce'] === 1
  )
}
