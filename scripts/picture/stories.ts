import type { Stage } from '../demo/stage.ts'
import { type Stop, tour } from '../demo/tour.ts'

/** What a picture shows: commands in turn, and what happens between them. */
export interface Story {
  /** Below docs/. */
  readonly file: string
  /** For those who do not see the picture. */
  readonly title: string
  readonly scenes: readonly (Scene | ((stage: Stage) => Promise<void>))[]
}

export interface Scene extends Stop {
  /** It is run, and not shown. */
  readonly unseen?: true
}

/** The pictures of the documents, each on a stage of its own. */
export const stories: readonly Story[] = [
  {
    file: 'demo.svg',
    title: 'kubectl flinksp: savepoints taken, checked, restored and listed',
    scenes: tour.map(stop => (stop.pictured ? stop : { ...stop, unseen: true })),
  },
  {
    file: 'pictures/upgrade.svg',
    title: 'A savepoint with a name before an upgrade, a check of it, and the way back',
    scenes: [
      { says: 'A savepoint with a name.', words: ['take', 'orders', '--name', 'before-v2'] },
      {
        says: 'Would it start a version with these uids? Exit code 3 if not.',
        words: ['verify', 'orders', 'before-v2', '--uids', 'source,count,sink'],
        exit: 3,
      },
      { says: 'The way back: the plan …', words: ['restore', 'orders', 'before-v2', '--dry-run=client'] },
      { says: '… and the restore.', words: ['restore', 'orders', 'before-v2', '--yes'] },
    ],
  },
  {
    file: 'pictures/down.svg',
    title: 'What is known of a job that is down, and a restore of it',
    scenes: [
      { says: '', words: ['take', 'orders', '--name', 'nightly'], unseen: true },
      stage => stage.failJob('orders', 'java.lang.OutOfMemoryError: Java heap space'),
      { says: 'What is wrong?', words: ['status', 'orders'] },
      { says: 'What is there to start from?', words: ['history', 'orders'] },
      { says: 'Are all its files there?', words: ['inspect', 'orders', 'latest', '--files'] },
      { says: 'Start it from there.', words: ['restore', 'orders', 'latest', '--yes'] },
    ],
  },
  {
    file: 'pictures/inspect.svg',
    title: 'What is in a savepoint, and what changed since',
    scenes: [
      { says: '', words: ['take', 'orders', '--name', 'before-v2'], unseen: true },
      { says: '', words: ['take', 'orders'], unseen: true },
      { says: 'What is in a savepoint.', words: ['inspect', 'orders', 'before-v2'] },
      { says: 'What changed since.', words: ['inspect', 'orders', 'before-v2', 'latest', '--diff'] },
    ],
  },
  {
    file: 'pictures/prune.svg',
    title: 'Which savepoints may go, and why the rest has to stay',
    scenes: [
      ...['monday', 'tuesday', 'wednesday', 'thursday'].map(
        (name): Scene => ({ says: '', words: ['take', 'orders', '--name', name], unseen: true }),
      ),
      { says: 'What may go, and why the rest has to stay.', words: ['prune', 'orders', '--keep', '2'] },
      { says: 'Delete it.', words: ['prune', 'orders', '--keep', '2', '--yes'] },
      { says: 'What is left.', words: ['history', 'orders', '--scan'] },
    ],
  },
]
