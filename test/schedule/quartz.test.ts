import assert from 'node:assert/strict'
import { isQuartz } from '../../src/domain/quartz.ts'
import { nextByQuartz } from '../../src/schedule/quartz.ts'

/** A Sunday. */
const noon = Date.parse('2026-03-01T12:00:30Z')

const next = (schedule: string) => {
  const at = nextByQuartz(schedule, noon)
  return at === undefined ? undefined : new Date(at).toISOString().replace('.000Z', '')
}

describe('a schedule of Quartz', () => {
  for (const [schedule, at] of [
    ['0 0 * * * ?', '2026-03-01T13:00:00'],
    ['0 0/15 * * * ?', '2026-03-01T12:15:00'],
    ['0 7/15 * * * ?', '2026-03-01T12:07:00'],
    ['0/30 * * * * ?', '2026-03-01T12:01:00'],
    ['0 0 12 1/5 * ?', '2026-03-06T12:00:00'],
    ['0 15 10 ? * MON-FRI', '2026-03-02T10:15:00'],
    ['0 0 0 ? * 1', '2026-03-08T00:00:00'],
    ['0 0 0 ? * 7', '2026-03-07T00:00:00'],
    ['0 15 10 ? * 6L', '2026-03-27T10:15:00'],
    ['0 15 10 ? * 6#3', '2026-03-20T10:15:00'],
    ['0 15 10 L * ?', '2026-03-31T10:15:00'],
    ['0 0 0 LW 5 ?', '2026-05-29T00:00:00'],
    ['0 15 10 15W * ?', '2026-03-16T10:15:00'],
    ['0 0 0 29 2 ?', '2028-02-29T00:00:00'],
    ['0 15 10 * * ? 2027', '2027-01-01T10:15:00'],
    ['  0 0   12 * * ?  ', '2026-03-02T12:00:00'],
  ] as const)
    it(`${schedule} is due next at ${at}`, () => assert.equal(next(schedule), at))

  for (const [schedule, why] of [
    ['0 0 * * *', 'has five fields'],
    ['0 0 12 * * *', 'names both days'],
    ['0 0 12 1 * MON', 'names both days'],
    ['0 0 12 ? * ?', 'names no day'],
    ['? 0 12 * * 1', 'has its ? elsewhere'],
    ['0 60 * * * ?', 'has no such minute'],
    ['0 0 0 30 2 ?', 'is never due'],
    ['0 0 0 1 1 ? 2020', 'is over'],
    ['0 0 22-4 * * ?', 'goes over the end, which croner does not read'],
    ['0 0 0 1,15W * ?', 'has W among others'],
    ['0 0 0 ? * 2L,3L', 'has L twice, which its operator refuses'],
    ['0 0 0 ? * 2#1,4#2', 'has # twice, which its operator refuses'],
    ['0 0 0 ? * MON/2', 'has a step that counts otherwise for its operator'],
    ['0 0 0 ? * 8', 'has no such day'],
    ['five minutes', 'is none'],
    ['', 'is none'],
    [`0 0 ${'1,'.repeat(5_000)}1 * * ?`, 'is too long'],
  ] as const)
    it(`${schedule.slice(0, 30)} is not due: it ${why}`, () => assert.equal(next(schedule), undefined))

  it('is told from what the operator cannot parse', () => {
    assert.deepEqual(
      ['0 0 * * * ?', '0 0 22-4 * * ?', '0 0 * * *', '0 0 12 * * *', 'five minutes'].map(isQuartz),
      [true, true, false, false, false],
    )
  })
})
