import assert from 'node:assert/strict'
import type { Printable } from '../../src/domain/printable.ts'
import type { Savepoint } from '../../src/domain/savepoint.ts'
import type { Context } from '../../src/view/context.ts'
import { render } from '../../src/view/index.ts'
import { table } from '../../src/view/table.ts'
import {
  checkpoint,
  clicks,
  completed,
  context,
  failed,
  orders,
  origin,
  restored,
  restorePlan,
  takePlan,
} from './samples.ts'

const history = (items: Savepoint[], several = false): Printable => ({
  kind: 'SavepointList',
  value: { items },
  several,
})
const shown = (value: Printable, more: Partial<Context> = {}) =>
  render(value, { name: 'table' }, { ...context, ...more })
const shownWide = (value: Printable) => render(value, { name: 'wide' }, context)

describe('A table', () => {
  it('has the paddings of kubectl: three spaces, six characters a column at least, nothing after the last', () => {
    assert.equal(
      table(
        ['A', 'NAME', 'X'],
        [
          ['1', 'long-name', ''],
          ['22', 'b', 'c'],
        ],
      ),
      ['A     NAME        X', '1     long-name', '22    b           c', ''].join('\n'),
    )
  })

  it('has no header above no rows, and none where it is not wanted', () => {
    assert.equal(table(['NAME', 'X'], []), '')
    assert.equal(table(['NAME', 'X'], [['a', 'b']], false), 'a     b\n')
  })

  it('has the same columns on every one of many rows', () => {
    const rows = Array.from({ length: 1000 }, (_, i) => [`${i}`.padEnd(i === 700 ? 12 : 0, 'x'), 'b'])
    const lines = rows.map(([first = '']) => `${first.padEnd(15)}b\n`)
    assert.equal(table(['NAME', 'X'], rows), ['NAME           X\n', ...lines].join(''))
  })

  it('measures wide characters as a terminal shows them', () => {
    assert.equal(
      table(
        ['NAME', 'X'],
        [
          ['保存', 'b'],
          ['abcd', 'c'],
        ],
      ),
      ['NAME   X', '保存   b', 'abcd   c', ''].join('\n'),
    )
  })
})

describe('The table of a history', () => {
  it('has one job in six columns, the restart point marked, and the cause where there is no location', async () => {
    assert.equal(
      await shown(history([completed, failed, origin, checkpoint])),
      [
        'NAME         STATE       TRIGGER      AGE         DURATION   LOCATION',
        '*before-v2   Completed   manual       12m         12s        gs://b/sp/savepoint-c0c55c-63ed75ba89c1',
        '-            Failed      scheduled    4h          -          Disk quota exceeded',
        '-            Completed   -            <unknown>   -          gs://b/sp/savepoint-000000-000000000000',
        '-            Completed   checkpoint   1s          0s         gs://b/cp/chk-40',
        '',
      ].join('\n'),
    )
  })

  it('has five more columns when it is wide', async () => {
    assert.equal(
      await shownWide(history([completed, origin])),
      [
        'NAME         STATE       TRIGGER   AGE         DURATION   LOCATION                                  GENERATION   FORMAT      SIZE    CHECKPOINT   SOURCE',
        '*before-v2   Completed   manual    12m         12s        gs://b/sp/savepoint-c0c55c-63ed75ba89c1   12           canonical   1.5Gi   41           record,status,rest',
        '-            Completed   -         <unknown>   -          gs://b/sp/savepoint-000000-000000000000   -            -           -       -            status',
        '',
      ].join('\n'),
    )
  })

  it('names the job where there are several', async () => {
    const other: Savepoint = { ...checkpoint, job: clicks }
    assert.equal(
      await shown(history([checkpoint, other])),
      [
        'JOB                   NAME   STATE       TRIGGER      AGE   DURATION   LOCATION',
        'flinkcluster/orders   -      Completed   checkpoint   1s    0s         gs://b/cp/chk-40',
        'flinkcluster/clicks   -      Completed   checkpoint   1s    0s         gs://b/cp/chk-40',
        '',
      ].join('\n'),
    )
  })

  it('names the job where there could be several', async () => {
    assert.equal(
      await shown(history([checkpoint], true), { noHeaders: true }),
      'flinkcluster/orders   -     Completed   checkpoint   1s    0s    gs://b/cp/chk-40\n',
    )
  })

  it('begins with the namespace for all namespaces', async () => {
    assert.equal(
      await shown(history([checkpoint]), { allNamespaces: true }),
      [
        'NAMESPACE   JOB                   NAME   STATE       TRIGGER      AGE   DURATION   LOCATION',
        'prod        flinkcluster/orders   -      Completed   checkpoint   1s    0s         gs://b/cp/chk-40',
        '',
      ].join('\n'),
    )
  })

  it('prints nothing for nothing', async () => {
    assert.equal(await shown(history([])), '')
  })

  it('colours the state where colours are wanted, and keeps the columns', async () => {
    assert.equal(
      await shown(history([checkpoint, failed]), { colour: true }),
      [
        'NAME   STATE       TRIGGER      AGE   DURATION   LOCATION',
        '-      \u001b[32mCompleted\u001b[39m   checkpoint   1s    0s         gs://b/cp/chk-40',
        '-      \u001b[31mFailed\u001b[39m      scheduled    4h    -          Disk quota exceeded',
        '',
      ].join('\n'),
    )
  })

  it('lets no text from the cluster steer the terminal or break the row', async () => {
    const hostile: Savepoint = {
      ...failed,
      name: 'a\u001b[2Jb\u202ec',
      failure: { message: '\u001b]0;owned\u0007Boom\u009b31m\r\nat java' },
    }
    assert.equal(
      await shown(history([hostile])),
      [
        'NAME   STATE    TRIGGER     AGE   DURATION   LOCATION',
        'abc    Failed   scheduled   4h    -          Boom...',
        '',
      ].join('\n'),
    )
  })
})

describe('The line of a single result', () => {
  const line = async (more: Partial<Savepoint>) =>
    await shown({ kind: 'Savepoint', value: { ...completed, ...more } })

  it('says what became of a savepoint', async () => {
    const name = 'flinkcluster.flinkoperator.k8s.io/orders savepoint'
    const { durationMillis: _, ...unmeasured } = completed
    assert.deepEqual(
      [
        await line({}),
        await shown({ kind: 'Savepoint', value: unmeasured }),
        await line({ state: 'Requested' }),
        await line({ state: 'InProgress' }),
        await line({ state: 'Withdrawn' }),
      ],
      [
        `${name} completed: gs://b/sp/savepoint-c0c55c-63ed75ba89c1 (12s)\n`,
        `${name} completed: gs://b/sp/savepoint-c0c55c-63ed75ba89c1\n`,
        `${name} requested\n`,
        `${name} in progress\n`,
        `${name} withdrawn\n`,
      ],
    )
  })

  it('says what became of a restore', async () => {
    const name = 'flinkcluster.flinkoperator.k8s.io/orders'
    const location = 'gs://b/sp/savepoint-c0c55c-63ed75ba89c1'
    assert.deepEqual(
      [
        await shown({ kind: 'Restore', value: restored }),
        await shown({ kind: 'Restore', value: { ...restored, state: 'InProgress' } }),
        await shown({ kind: 'Restore', value: { ...restored, state: 'Unchanged' } }),
      ],
      [
        `${name} restored from ${location}\n`,
        `${name} restore from ${location} requested\n`,
        `${name} unchanged\n`,
      ],
    )
  })

  it('is safe, and one line', async () => {
    assert.equal(
      await line({
        location: 'gs://b/\u001b[1A\u001b[2Kx\nflinkcluster.flinkoperator.k8s.io/other',
        job: { ...orders, name: 'o\u001b[31m' },
      }),
      'flinkcluster.flinkoperator.k8s.io/o savepoint completed: gs://b/x... (12s)\n',
    )
  })
})

describe('The screen of a plan', () => {
  it('says how a savepoint would be asked for', async () => {
    assert.equal(
      await shown({ kind: 'TakePlan', value: takePlan }),
      [
        'flinkcluster.flinkoperator.k8s.io/orders savepoint would be requested by generation (dry run)',
        '',
        'FIELD                          FROM     TO',
        'spec.job.savepointGeneration   3        4',
        'metadata.annotations.x         <none>   savepoint',
        '',
      ].join('\n'),
    )
  })

  it('says what a restore would do, change and risk', async () => {
    assert.equal(
      await shown({ kind: 'RestorePlan', value: restorePlan }),
      [
        'flinkcluster.flinkoperator.k8s.io/orders would be restored from gs://b/sp/savepoint-c0c55c-63ed75ba89c1',
        '  completed 12m ago; known from record, status, rest',
        '',
        'Steps:',
        '  1. take a safety savepoint by annotation',
        '  2. patch flinkcluster/orders',
        '',
        'Changes:',
        '  FIELD                    FROM     TO',
        '  spec.job.fromSavepoint   <none>   gs://b/sp/savepoint-c0c55c-63ed75ba89c1',
        '',
        'Risks:',
        '  - fromSavepoint stays in the spec:',
        '     an update starts from it again',
        '',
      ].join('\n'),
    )
  })
})
