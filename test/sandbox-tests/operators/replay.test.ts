import assert from 'node:assert/strict'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { type Replay, replay } from './replay.ts'
import { tracesAreHere } from './trace.ts'

const slow = { loopMs: 100, jobManagerMs: 250, taskManagerMs: 120, submitterMs: 350 }
const gcp = { ...slow, dialect: 'gcp-9' } as const
const spotify = { ...slow, dialect: 'spotify' } as const
const gcp2 = { ...slow, dialect: 'gcp-2' } as const
const v1alpha1 = { ...slow, dialect: 'gcp-v1alpha1' } as const
const noDirectory = { savepointsDir: null }

/** As the notes of the recordings say that the directory of savepoints was spoilt and repaired. */
function failing(text: string, sandbox: Sandbox): void {
  if (text.includes('a regular file'))
    sandbox.flink('replayed').change({ failSavepoints: 'uncreatable directory' })
  if (text === 'directory repaired') sandbox.flink('replayed').change({ failSavepoints: '' })
}

const stories: readonly (Replay & { readonly title: string })[] = [
  {
    title: 'GCP takes a savepoint by annotation',
    trace: 'gcp-v1beta1-9/take-annotation-ok',
    options: gcp,
    before: ['generation', 'annotation'],
  },
  {
    title: 'GCP ignores the first generation until an annotation fulfils it',
    trace: 'gcp-v1beta1-9/take-generation-first',
    options: gcp,
  },
  {
    title: 'GCP takes savepoints by generation after one that succeeded',
    trace: 'gcp-v1beta1-9/take-generation-again',
    options: gcp,
    before: ['generation', 'annotation'],
  },
  {
    title: 'GCP never tries a failed generation again',
    trace: 'gcp-v1beta1-9/take-generation-fails',
    options: gcp,
    onNote: failing,
  },
  {
    title: 'GCP refuses nearly everything without savepointsDir',
    trace: 'gcp-v1beta1-9/no-savepointsdir',
    options: gcp,
    job: noDirectory,
  },
  { title: 'GCP restores to a savepoint', trace: 'gcp-v1beta1-9/restore-ok', options: gcp },
  { title: 'GCP starts a new object from a savepoint', trace: 'gcp-v1beta1-9/delete-recreate', options: gcp },
  {
    title: 'GCP tag -2 takes its first savepoint by generation, in one status write',
    trace: 'gcp-v1beta1-2/take-generation-first',
    options: gcp2,
  },
  {
    title: 'GCP tag -2 takes savepoints by generation, one after another',
    trace: 'gcp-v1beta1-2/take-generation-again',
    options: gcp2,
    before: ['generation'],
  },
  {
    title: 'GCP tag -2 tries a failing savepoint for ever without a trace, until it succeeds',
    trace: 'gcp-v1beta1-2/take-generation-fails',
    options: gcp2,
    onNote: failing,
  },
  {
    title: 'GCP tag -2 ignores the annotation, whatever it says',
    trace: 'gcp-v1beta1-2/take-annotation-ignored',
    options: gcp2,
    before: ['generation'],
  },
  {
    title: 'GCP tag -2 refuses every change of the spec',
    trace: 'gcp-v1beta1-2/restore-refused',
    options: gcp2,
    before: ['generation', 'nonsense'],
  },
  {
    title: 'GCP tag -2 cancels without a savepoint where there is no spec.job.savepointsDir',
    trace: 'gcp-v1beta1-2/no-savepointsdir',
    options: gcp2,
    job: noDirectory,
  },
  {
    title: 'GCP tag -2 starts a new object from a savepoint',
    trace: 'gcp-v1beta1-2/delete-recreate',
    options: gcp2,
  },
  {
    title: 'GCP tag -2 takes savepoints by itself',
    trace: 'gcp-v1beta1-2/autosavepoint',
    options: { ...gcp2, secondMs: 100 },
    job: { autoSavepointSeconds: 20 },
  },
  {
    title: 'GCP v1alpha1 takes its first savepoint by generation, in one status write',
    trace: 'gcp-v1alpha1/take-generation-first',
    options: v1alpha1,
  },
  {
    title: 'GCP v1alpha1 tries a failing savepoint for ever without a trace, until it succeeds',
    trace: 'gcp-v1alpha1/take-generation-fails',
    options: v1alpha1,
    onNote: failing,
  },
  {
    title: 'GCP v1alpha1 refuses every change of the spec',
    trace: 'gcp-v1alpha1/restore-refused',
    options: v1alpha1,
    before: ['generation'],
  },
  {
    title: 'GCP v1alpha1 starts a new object from a savepoint',
    trace: 'gcp-v1alpha1/delete-recreate',
    options: v1alpha1,
  },
  {
    title: 'Spotify takes a savepoint by annotation',
    trace: 'spotify-0.6/take-annotation-ok',
    options: spotify,
    before: ['generation'],
  },
  {
    title: 'Spotify takes a savepoint by generation',
    trace: 'spotify-0.6/take-generation-ok',
    options: spotify,
  },
  {
    title: 'Spotify tries a failing generation again and again, until status is patched',
    trace: 'spotify-0.6/take-generation-fails',
    options: { ...spotify, behaviour: { failSavepoints: 'uncreatable directory' } },
    upTo: 9,
  },
  {
    title: 'Spotify refuses what needs savepointsDir',
    trace: 'spotify-0.6/no-savepointsdir',
    options: spotify,
    job: noDirectory,
  },
  {
    title: 'Spotify repeats a take by itself, and restores to a savepoint',
    trace: 'spotify-0.6/restore-ok',
    options: { ...spotify, behaviour: { savepointMs: 300 }, races: { repeatedTake: 1 } },
    before: ['generation', 'annotation', 'repeat', 'restore'],
  },
]

describe('the simulated operators, told the commands of a recording', function () {
  this.timeout(60_000)

  for (const { title, ...story } of stories) {
    it(title, async function () {
      if (!tracesAreHere) {
        console.log('skipped: ../shared is not here')
        this.skip()
      }
      const { recorded, simulated, answers } = await replay(story)
      assert.deepEqual(simulated, recorded)
      assert.deepEqual(
        answers.map(answer => answer.simulated),
        answers.map(answer => answer.recorded),
      )
    })
  }
})
