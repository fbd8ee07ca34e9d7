/** One command of the tour, without `kubectl flinksp`, and what to say before it. */
export interface Stop {
  readonly says: string
  readonly words: readonly string[]
  /** 0 where it is not given. */
  readonly exit?: number
  /** In the picture too, which shows less. */
  readonly pictured?: true
}

/** What the demo runs; what the README shows is a part of it. `payments` is a job whose savepoint directory cannot be written. */
export const tour: readonly Stop[] = [
  {
    says: 'Before an upgrade: take a savepoint, wait for it, and give it a name.',
    words: ['take', 'orders', '--name', 'before-v2', '--note', 'the last one of 1.x'],
    pictured: true,
  },
  {
    says: 'A savepoint that fails says why, and ends with exit code 3.',
    words: ['take', 'payments'],
    exit: 3,
    pictured: true,
  },
  {
    says: 'Of many at once: the exit code is the worst of them.',
    words: ['take', '--all', '--yes'],
    exit: 3,
    pictured: true,
  },
  { says: 'By label, everywhere.', words: ['take', '-l', 'team=shop', '-A', '--yes'] },
  {
    says: 'How the jobs are protected, and what is wrong.',
    words: ['status'],
  },
  { says: 'Of one job in full.', words: ['status', 'payments'] },
  {
    says: 'As a check: exit code 3 where a failure now would cost a job more than six hours.',
    words: ['status', '-A', '--max-age', '6h'],
    exit: 3,
    pictured: true,
  },
  {
    says: 'The upgrade was a mistake: what going back would do …',
    words: ['restore', 'orders', 'before-v2', '--dry-run=client'],
    pictured: true,
  },
  {
    says: '… and the way back: a safety savepoint, one patch, and proof from the operator and from Flink.',
    words: ['restore', 'orders', 'before-v2', '--yes'],
    pictured: true,
  },
  {
    says: 'All that is known; * is what a restart would use.',
    words: ['history', 'orders'],
    pictured: true,
  },
  {
    says: 'What is in a savepoint, as the JobManager sees it.',
    words: ['inspect', 'orders', 'before-v2'],
  },
  { says: 'Is it whole? Exit code 3 if not.', words: ['inspect', 'orders', 'before-v2', '--files'] },
  {
    says: 'What changed since.',
    words: ['inspect', 'orders', 'before-v2', 'latest', '--diff'],
  },
  { says: 'Would it start the job? Exit code 3 if not.', words: ['verify', 'orders', 'before-v2'] },
  {
    says: 'Would it start a job with these uids?',
    words: ['verify', 'orders', 'latest', '--uids', 'source,count,sink'],
    exit: 3,
  },
  {
    says: 'Would each job come back from what its operator would start it from?',
    words: ['verify', '-A'],
    exit: 3,
  },
  { says: 'No, it was not: take the restore back.', words: ['restore', 'orders', '--undo', '--yes'] },
  { says: 'Stop the job with a last savepoint …', words: ['stop', 'orders', '--yes'] },
  { says: '… and start it from exactly that one.', words: ['resume', 'orders', '--yes'] },
  {
    says: 'Let the operator take savepoints by itself: the change restarts the job, and gives nothing up.',
    words: [
      'auto',
      'orders',
      ...['--every', '15m', '--on-failure', 'restore', '--max-state-age', '24h', '--yes'],
    ],
  },
  { says: 'How it is set now.', words: ['auto', 'orders'] },
  {
    says: 'Try a savepoint in a job of its own.',
    words: ['restore', 'orders', 'latest', '--to-new', 'orders-2', '--yes'],
  },
  {
    says: 'Start a changed job from it.',
    words: ['restore', 'orders', 'latest', '--filename', 'orders-v2.yaml', '--yes'],
  },
  {
    says: 'The object with the savepoint put in, for those who keep theirs in Git.',
    words: ['restore', 'orders', 'latest', '--manifest'],
  },
  {
    says: 'Where the operator lets no change through: delete and create, with the manifest kept in a file.',
    words: ['restore', 'orders', 'latest', '--recreate', '--yes'],
  },
  {
    says: 'Keep what the operator took by itself, which it forgets with the next one.',
    words: ['history', '-A', '--record', '-q'],
  },
  { says: 'What may go, and why the rest has to stay.', words: ['prune', 'orders', '--keep', '5'] },
  {
    says: 'Delete what nobody needs: at most so many are kept, and none that is younger.',
    words: ['prune', 'orders', '--keep', '3', '--older-than', '720h', '--yes'],
  },
  { says: 'What helps others to find a fault, without secrets.', words: ['bundle', 'orders'] },
  {
    says: 'Savepoints as they end.',
    words: ['history', '-A', '--watch', '--timeout', '1s'],
  },
]

/** As one types it. */
export function typed({ words }: Stop): string {
  return ['kubectl flinksp', ...words.map(word => (word.includes(' ') ? `"${word}"` : word))].join(' ')
}
