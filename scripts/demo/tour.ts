/** One command of the tour, without `kubectl flinksp`, and what to say before it. */
export interface Stop {
  readonly says: string
  readonly words: readonly string[]
  /** 0 where it is not given. */
  readonly exit?: number
}

/** What the demo runs and the picture in the README shows. `payments` is a job whose savepoint directory cannot be written. */
export const tour: readonly Stop[] = [
  { says: 'Take a savepoint and wait for it.', words: ['take', 'orders'] },
  {
    says: 'A savepoint that fails says why, and ends with exit code 3.',
    words: ['take', 'payments'],
    exit: 3,
  },
  { says: 'Another good one …', words: ['take', 'orders'] },
  { says: '… and all that is known; * is what a restart would use.', words: ['history', 'orders'] },
  {
    says: 'What a restart from the one before would do …',
    words: ['restore', 'orders', 'latest~1', '--dry-run=client'],
  },
  {
    says: '… and the restart: a safety savepoint, one patch, and proof from the operator and from Flink.',
    words: ['restore', 'orders', 'latest~1', '--yes'],
  },
  { says: 'Afterwards.', words: ['history', 'orders'] },
]
