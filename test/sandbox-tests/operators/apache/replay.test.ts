import assert from 'node:assert/strict'
import { textAt } from '../../../../src/domain/fields.ts'
import { tracesAreHere } from '../trace.ts'
import { type Replay, replay } from './replay.ts'

const slow = { loopMs: 100, jobManagerMs: 350, taskManagerMs: 120 }
const apache15 = { ...slow, dialect: 'apache-1.15' } as const
const apache7 = { ...slow, dialect: 'apache-1.7' } as const

const stories: readonly (Replay & { readonly title: string })[] = [
  { title: '1.15 starts a job', trace: 'apache-1.15.0/start', options: apache15 },
  {
    title: '1.15 takes a savepoint by a FlinkStateSnapshot',
    trace: 'apache-1.15.0/take-ok',
    options: apache15,
  },
  { title: '1.15 takes one that says nothing', trace: 'apache-1.15.0/take-defaults', options: apache15 },
  {
    title: '1.15 fails a snapshot at once, with a label that lags',
    trace: 'apache-1.15.0/take-fails',
    options: apache15,
    spoilt: true,
  },
  {
    title: '1.15 tries a snapshot again where its backoffLimit says so',
    trace: 'apache-1.15.0/take-fails-then-retry-ok',
    options: { ...apache15, secondMs: 50 },
    spoilt: true,
    repaired: object => textAt(object, 'status', 'state') === 'TRIGGER_PENDING',
  },
  {
    title: '1.15 makes a snapshot of a nonce, and keeps nothing of it in status',
    trace: 'apache-1.15.0/take-nonce',
    options: apache15,
  },
  {
    title: '1.15 takes a checkpoint by a FlinkStateSnapshot',
    trace: 'apache-1.15.0/take-checkpoint',
    options: apache15,
    before: ['nonce'],
  },
  {
    title: '1.15 does not look at the path of a snapshot that exists already',
    trace: 'apache-1.15.0/take-already-exists',
    options: apache15,
  },
  {
    title: '1.15 never gives a status to a snapshot of no job, and cannot delete it',
    trace: 'apache-1.15.0/take-no-such-job',
    options: apache15,
  },
  {
    title: '1.15 abandons a snapshot of a suspended job',
    trace: 'apache-1.15.0/take-while-suspended',
    options: apache15,
    before: ['nonce', 'suspend'],
  },
  {
    title: '1.15 suspends a job with a savepoint',
    trace: 'apache-1.15.0/suspend',
    options: apache15,
    before: ['nonce', 'suspend', 'resume'],
  },
  {
    title: '1.15 resumes a job under another id',
    trace: 'apache-1.15.0/resume',
    options: apache15,
    before: ['nonce', 'suspend'],
  },
  { title: '1.7 takes a savepoint by nonce', trace: 'apache-1.7.0/take-ok', options: apache7 },
  {
    title: '1.7 takes a slow one',
    trace: 'apache-1.7.0/take-slow',
    options: { ...apache7, behaviour: { savepointMs: 400 } },
    before: ['nonce'],
  },
  {
    title: '1.7 tries a failing savepoint again without end',
    trace: 'apache-1.7.0/take-fails-for-ever',
    options: apache7,
    spoilt: true,
    upTo: 12,
  },
  {
    title: '1.15 restores by savepointRedeployNonce, STABLE all the time',
    trace: 'apache-1.15.0/restore-ok',
    options: apache15,
    before: ['nonce', 'suspend', 'resume'],
  },
  {
    title: '1.15 tells of a restore that cannot start by an error that blinks',
    trace: 'apache-1.15.0/pods-restore-missing-path',
    options: apache15,
    upTo: 6,
  },
  {
    title: '1.15 with snapshots off takes a nonce as releases before did',
    trace: 'apache-1.15.0/snapshots-off-take-nonce',
    options: { ...apache15, snapshots: false },
  },
  {
    title: '1.15 with snapshots off does not look at snapshots',
    trace: 'apache-1.15.0/snapshots-off-take-cr',
    options: { ...apache15, snapshots: false },
  },
  { title: '1.7 starts a job', trace: 'apache-1.7.0/start', options: apache7 },
  {
    title: '1.7 suspends a job with a savepoint',
    trace: 'apache-1.7.0/suspend',
    options: apache7,
    before: ['suspend', 'resume', 'nonce'],
  },
  {
    title: '1.7 takes one savepoint for two nonces',
    trace: 'apache-1.7.0/take-twice',
    options: { ...apache7, behaviour: { savepointMs: 800 } },
    before: ['suspend', 'resume', 'nonce'],
  },
  {
    title: '1.7 takes a lower nonce for a new one',
    trace: 'apache-1.7.0/take-nonce-down',
    options: apache7,
    before: ['suspend', 'resume', 'nonce'],
  },
  {
    title: '1.7 takes nothing where the nonce is removed',
    trace: 'apache-1.7.0/take-nonce-removed',
    options: apache7,
    before: ['suspend', 'resume', 'nonce'],
  },
  {
    title: '1.7 keeps nothing of a redeploy nonce, and restores nothing',
    trace: 'apache-1.7.0/restore-redeploynonce-not-in-crd',
    options: apache7,
    before: ['suspend', 'resume', 'nonce', 'no nonce'],
  },
]

describe('the simulated Apache operator, told what users did in a recording', function () {
  this.timeout(60_000)

  for (const { title, ...story } of stories) {
    it(title, async function () {
      if (!tracesAreHere) {
        console.log('skipped: ../shared is not here')
        this.skip()
      }
      const { recorded, simulated } = await replay(story)
      assert.deepEqual(simulated, recorded)
    })
  }
})
