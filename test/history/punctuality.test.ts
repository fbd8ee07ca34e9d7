import assert from 'node:assert/strict'
import type { RestCheckpoint } from '../../src/domain/rest.ts'
import { unpunctual } from '../../src/history/punctuality.ts'

const now = Date.parse('2026-03-01T12:00:00Z')
const at = (minutes: number) => now - minutes * 60_000

/** One that began and ended so many minutes ago. */
function savepoint(id: number, minutes: number, more: Partial<RestCheckpoint> = {}): RestCheckpoint {
  return {
    id,
    status: 'COMPLETED',
    isSavepoint: true,
    triggeredAt: at(minutes),
    endedAt: at(minutes),
    ...more,
  }
}

const checkpoint = (id: number, minutes: number) => savepoint(id, minutes, { isSavepoint: false })

describe('whether savepoints came in time', () => {
  const rows: [string, RestCheckpoint[], string[]][] = [
    ['is no question where there is none', [], []],
    ['is no question where there is one', [savepoint(1, 50)], []],
    ['is so where each came after the interval', [savepoint(3, 0), savepoint(2, 5), savepoint(1, 10)], []],
    ['is so where they came earlier, since others asked for some', [savepoint(2, 9), savepoint(1, 10)], []],
    [
      'counts from the end of one to the beginning of the next',
      [savepoint(2, 4, { endedAt: at(1) }), savepoint(1, 20, { endedAt: at(9) })],
      [],
    ],
    ['takes less than a minute for nothing', [savepoint(2, 0), savepoint(1, 5.9)], []],
    [
      'is not so where one came late',
      [savepoint(4, 0), savepoint(3, 5), savepoint(2, 28), savepoint(1, 33)],
      ['1 of the last 4 savepoints came late, by up to 18m'],
    ],
    [
      'is told with those that failed, which made the next one late',
      [
        savepoint(4, 0),
        savepoint(3, 8, { status: 'FAILED' }),
        savepoint(2, 9, { status: 'FAILED' }),
        savepoint(1, 14),
      ],
      [
        '1 of the last 2 savepoints came late, by up to 9m',
        '2 of the last 4 savepoints failed, the last 8m ago',
      ],
    ],
    [
      'is seen between checkpoints, in whatever order they come',
      [checkpoint(2, 7), savepoint(1, 10), savepoint(3, 5)],
      [],
    ],
    [
      'is not judged over what Flink has forgotten',
      [checkpoint(9, 0), savepoint(8, 1), savepoint(2, 60)],
      [],
    ],
    [
      'does not count one that is in progress',
      [savepoint(2, 0, { status: 'IN_PROGRESS' }), savepoint(1, 60)],
      [],
    ],
    [
      'does not guess where Flink says no time',
      [
        { id: 2, status: 'COMPLETED', isSavepoint: true },
        { id: 1, status: 'FAILED', isSavepoint: true },
      ],
      ['1 of the last 2 savepoints failed'],
    ],
  ]
  for (const [name, history, problems] of rows) {
    it(name, () => assert.deepEqual(unpunctual(history, 300, now), problems))
  }
})
