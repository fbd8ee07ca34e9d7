import assert from 'node:assert/strict'
import type { LiveRow } from '../../src/domain/ports.ts'
import { liveText } from '../../src/view/live.ts'
import { personAt } from '../../src/view/person.ts'
import type { Terminal } from '../../src/view/terminal.ts'
import { type FakeClock, fakeClock, until } from '../support/fakes.ts'

const now = Date.parse('2026-03-01T12:00:00Z')
const row = (name: string, state: string, seconds = 0, detail = ''): LiveRow => ({
  name: `flinkcluster/${name}`,
  state,
  since: now - seconds * 1000,
  detail,
})
const wide = { columns: 100, rows: 30 }

describe('the table that is drawn while many jobs are waited for', () => {
  it('has a line a job, and how many there are of each', () => {
    const rows = [
      row('a', 'InProgress', 12),
      row('b', 'Failed', 3, 'disk full'),
      row('c', 'Completed', 90, 'gs://bucket/c/savepoint-1'),
      row('d', 'Waiting', 500),
    ]
    assert.equal(
      liveText(rows, now, wide),
      `${[
        'JOB              STATE        AGE',
        'flinkcluster/a   InProgress   12s',
        'flinkcluster/b   Failed       3s    disk full',
        'flinkcluster/c   Completed    90s   gs://bucket/c/savepoint-1',
        'flinkcluster/d   Waiting',
        '4 jobs: 1 InProgress, 1 Failed, 1 Completed, 1 Waiting',
      ].join('\n')}\n`,
    )
  })

  it('is no higher than the terminal, nor than a person reads; the rest is counted', () => {
    const many = [
      row('first', 'InProgress'),
      ...Array.from({ length: 999 }, (_, at) => row(`${at}`, 'Waiting')),
    ]
    const small = liveText(many, now, { columns: 80, rows: 8 }).split('\n')
    assert.deepEqual(small, [
      'JOB                  STATE        AGE',
      'flinkcluster/first   InProgress   0s',
      'flinkcluster/0       Waiting',
      'flinkcluster/1       Waiting',
      'flinkcluster/2       Waiting',
      'and 996 more: 996 Waiting',
      '1000 jobs: 1 InProgress, 999 Waiting',
      '',
    ])
    assert.equal(liveText(many, now, { columns: 80, rows: 500 }).split('\n').length, 23)
    assert.ok(liveText(many, now, { columns: 80, rows: 1 }).length > 0)
  })

  it('is no wider than the terminal, whatever is in it', () => {
    const long = [
      row('a', 'Failed', 0, `${'東京'.repeat(60)}`),
      row('b', 'Failed', 0, '\u001b[31mred\u001b[0m\nnext'),
    ]
    const lines = liveText(long, now, { columns: 50, rows: 30 }).split('\n')
    assert.deepEqual(lines.slice(1, 3), [
      `flinkcluster/a   Failed   0s    ${'東京'.repeat(4)}…`,
      'flinkcluster/b   Failed   0s    red...',
    ])
  })
})

describe('a person before a live table', () => {
  let clock: FakeClock
  let screen: string
  beforeEach(() => {
    clock = fakeClock(now)
    screen = ''
  })

  const person = (more: { stderr?: boolean; quiet?: boolean; TERM?: string; answer?: string } = {}) => {
    const { stderr = true, quiet = false, TERM = 'xterm', answer = 'y' } = more
    const terminal: Terminal = {
      out: () => undefined,
      err: text => {
        screen += text
      },
      ask: async question => {
        screen += question
        return answer
      },
      isTerminal: { stdin: true, stdout: true, stderr },
      size: () => wide,
      machine: { env: { TERM }, home: '/', platform: 'linux', arch: 'x64', nodeVersion: 'v26' },
      clock,
    }
    return personAt(terminal, { quiet, colour: false })
  }

  const shown = () => screenAfter(screen)

  it('sees it drawn again as it changes, what is said above it, and nothing of it in the end', async () => {
    const rows = [row('a', 'Requested')]
    const me = person()
    const live = await me.live(() => rows)
    await until(() => screen !== '')
    assert.deepEqual(shown(), [
      'JOB              STATE       AGE',
      'flinkcluster/a   Requested   0s',
      '1 job: 1 Requested',
    ])
    rows[0] = row('a', 'InProgress')
    clock.advance(250)
    await until(() => screen.includes('InProgress'))
    me.warn('Warning: slow')
    assert.deepEqual(shown(), [
      'Warning: slow',
      'JOB              STATE        AGE',
      'flinkcluster/a   InProgress   0s',
      '1 job: 1 InProgress',
    ])
    live?.end()
    assert.deepEqual(shown(), ['Warning: slow'])
    me.tell('done')
    clock.advance(1_000)
    assert.deepEqual(shown(), ['Warning: slow', 'done'])
  })

  it('is asked without it', async () => {
    const me = person()
    const live = await me.live(() => [row('a', 'Requested')])
    await until(() => screen !== '')
    screen = screen.replaceAll('Requested', 'requested')
    const answer = me.confirm('Withdraw it?')
    clock.advance(250)
    assert.deepEqual(shown(), ['Withdraw it? [y/N]: '])
    assert.equal(await answer, true)
    assert.ok(shown().some(line => line.includes('Requested')))
    live?.end()
  })

  it('sees none off a terminal, with -q, or on a dumb one', async () => {
    for (const none of [{ stderr: false }, { quiet: true }, { TERM: 'dumb' }]) {
      assert.equal(await person(none).live(() => []), undefined)
    }
    assert.equal(screen, '')
  })
})

/** The lines that a terminal shows when all of this was written to it. */
function screenAfter(written: string): string[] {
  const lines: string[] = []
  let at = 0
  const moves: Readonly<Record<string, (count: number) => void>> = {
    A: count => {
      at = Math.max(0, at - count)
    },
    B: count => {
      at += count
    },
    K: () => {
      lines[at] = ''
    },
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is interpreted
  for (const [all, count, move, text] of written.matchAll(/\u001b\[\??(\d*)([A-Za-z])|\n|([^\u001b\n]+)/g)) {
    if (all === '\n') at++
    else if (text !== undefined) lines[at] = (lines[at] ?? '') + text
    else moves[move ?? '']?.(Number(count || 1))
  }
  return lines.filter(Boolean)
}
