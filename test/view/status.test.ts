import assert from 'node:assert/strict'
import { load } from 'js-yaml'
import type { JobStatus } from '../../src/domain/job-status.ts'
import type { Printable } from '../../src/domain/printable.ts'
import { formatOf } from '../../src/view/format.ts'
import { render } from '../../src/view/index.ts'
import { ailing, automatic, completed, context, healthy, orders, stopPlan } from './samples.ts'

const shown = async (value: Printable, output = '', more = {}) =>
  await render(value, await formatOf(output), { ...context, ...more })
const statuses = (...items: JobStatus[]): Printable => ({ kind: 'JobStatusList', value: { items } })

describe('The table of the status of jobs', () => {
  it('has a line a job: ages, what is missing and why, and the first problem', async () => {
    assert.equal(
      await shown(statuses(healthy, ailing)),
      [
        'NAME     STATE     SAVEPOINT     CHECKPOINT      AUTO   RESTART-POINT   PROBLEM',
        'orders   Running   12m           1s              5m     12m             <none>',
        'clicks   Failed    <forbidden>   <unreachable>   off    <unknown>       the job is not running (Failed), and its operator does no... (+1)',
        '',
      ].join('\n'),
    )
  })

  it('has more columns when it is wide, every problem in full and why something is not known', async () => {
    assert.equal(
      await shown(statuses(healthy, ailing), 'wide'),
      [
        'NAME     STATE     SAVEPOINT     CHECKPOINT      AUTO   RESTART-POINT   AT-RISK     NEXT     ON-FAILURE   STARTED-FROM                              LOCATION                                  PROBLEM',
        'orders   Running   12m           1s              5m     12m             12m         in 3m    restore      <none>                                    gs://b/sp/savepoint-c0c55c-63ed75ba89c1   <none>',
        'clicks   Failed    <forbidden>   <unreachable>   off    <unknown>       <unknown>   <none>   stop         gs://b/sp/savepoint-000000-000000000000   gs://b/sp/savepoint-000000-000000000000   the job is not running (Failed), and its operator does not restart it by itself: restore it; the last savepoint failed: Disk quota exceeded; the record may not be read; Flink does not answer',
        '',
      ].join('\n'),
    )
  })

  it('says none where there is nothing to start from, and that a session cluster has none of it', async () => {
    const { lastSavepoint: _, lastCheckpoint: __, restartPoint: ___, automatic: ____, ...bare } = healthy
    assert.equal(
      await shown(statuses({ ...bare, state: '' }, { ...bare, session: true })),
      [
        'NAME     STATE     SAVEPOINT   CHECKPOINT   AUTO   RESTART-POINT   PROBLEM',
        'orders   <none>    <none>      <none>       off    <none>          <none>',
        'orders   Session   -           -            off    -               <none>',
        '',
      ].join('\n'),
    )
  })

  it('begins with the namespace for all namespaces, and names the kind where there are several', async () => {
    const deployment = { ...healthy, job: { ...orders, kind: 'FlinkDeployment' } }
    assert.deepEqual(
      [
        await shown(statuses(healthy), '', { allNamespaces: true }),
        await shown(statuses(healthy, deployment), '', { noHeaders: true }),
      ],
      [
        'NAMESPACE   NAME     STATE     SAVEPOINT   CHECKPOINT   AUTO   RESTART-POINT   PROBLEM\n' +
          'prod        orders   Running   12m         1s           5m     12m             <none>\n',
        'flinkcluster/orders      Running   12m   1s    5m    12m   <none>\n' +
          'flinkdeployment/orders   Running   12m   1s    5m    12m   <none>\n',
      ],
    )
  })

  it('lets no text from the cluster steer the terminal or break the row', async () => {
    const hostile = { ...ailing, state: 'Run\u001b[2Jning', problems: ['a\u001b[31m\nb'], unknown: [] }
    assert.equal(
      await shown(statuses(hostile)),
      [
        'NAME     STATE     SAVEPOINT   CHECKPOINT   AUTO   RESTART-POINT   PROBLEM',
        'clicks   Running   <none>      <none>       off    <unknown>       a...',
        '',
      ].join('\n'),
    )
  })

  it('prints nothing for nothing', async () => assert.equal(await shown(statuses()), ''))

  it('colours the states that tell most, where colours are wanted', async () => {
    const text = await shown(statuses(healthy, ailing), '', { colour: true })
    assert.deepEqual(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      text.match(/\u001b\[\d+m\w+\u001b\[\d+m/g),
      ['\u001b[32mRunning\u001b[39m', '\u001b[31mFailed\u001b[39m'],
    )
  })
})

describe('The page of one job', () => {
  it('says all that is known of a job that is well', async () => {
    assert.equal(
      await shown({ kind: 'JobStatus', value: healthy }),
      `\
Name:           orders
Namespace:      prod
Kind:           FlinkCluster (flinkoperator.k8s.io/v1beta1)
State:          Running
Savepoint:      gs://b/sp/savepoint-c0c55c-63ed75ba89c1 (12m ago, manual, before-v2)
Checkpoint:     gs://b/cp/chk-40 (1s ago)
Restart Point:  gs://b/sp/savepoint-c0c55c-63ed75ba89c1 (12m ago, manual, before-v2)
At Risk:        12m of work (1s where Flink recovers by itself)
Automatic:      every 5m, next in 3m
On Failure:     restarted from its restart point
Take Now:       possible
Problems:  <none>
`,
    )
  })

  it('says what is wrong with another, and what is not known of it', async () => {
    assert.equal(
      await shown({ kind: 'JobStatus', value: ailing }),
      `\
Name:           clicks
Namespace:      prod
Kind:           FlinkCluster (flinkoperator.k8s.io/v1beta1)
State:          Failed
Savepoint:      <forbidden>
Checkpoint:     <unreachable>
Restart Point:  gs://b/sp/savepoint-000000-000000000000 (age unknown)
Automatic:      off
On Failure:     not restarted
Max State Age:  6h
Started From:   gs://b/sp/savepoint-000000-000000000000 (the spec says gs://b/sp/other)
Take Now:       no: its job is not running (Failed)
Problems:
  - the job is not running (Failed), and its operator does not restart it by itself: restore it
  - the last savepoint failed: Disk quota exceeded
Unknown:
  - the record may not be read
  - Flink does not answer
`,
    )
  })
})

describe('The page of automatic savepoints', () => {
  it('says how often, where, and what is wrong', async () => {
    assert.equal(
      await shown({ kind: 'Automatic', value: automatic }),
      `\
Name:           orders
Namespace:      prod
Every:          5m
Directory:      gs://b/sp
Last:           12m ago
Next:           7m ago (late)
On Failure:     restarted from its restart point
Max State Age:  6h
Problems:
  - the last automatic savepoint is late
`,
    )
  })

  it('says that none are taken', async () => {
    assert.equal(
      await shown({ kind: 'Automatic', value: { job: orders, onFailure: 'stop', problems: [] } }),
      `\
Name:        orders
Namespace:   prod
Every:       off
Directory:   <none>
On Failure:  not restarted
Problems:  <none>
`,
    )
  })
})

describe('The plan of a change', () => {
  it('says what would be done, change and be risked', async () => {
    const name = 'flinkcluster.flinkoperator.k8s.io/orders'
    assert.deepEqual(
      [
        await shown({ kind: 'StopPlan', value: stopPlan }),
        await shown({ kind: 'AutomaticPlan', value: { ...stopPlan, steps: [], risks: ['it restarts'] } }),
      ],
      [
        `${name} would be stopped with a savepoint

Steps:
  1. annotate flinkcluster/orders

Changes:
  FIELD                    FROM     TO
  metadata.annotations.x   <none>   job-cancel
`,
        `${name} automatic savepoints would be changed

Changes:
  FIELD                    FROM     TO
  metadata.annotations.x   <none>   job-cancel

Risks:
  - it restarts
`,
      ],
    )
  })
})

describe('A manifest', () => {
  const manifest = {
    apiVersion: 'flinkoperator.k8s.io/v1beta1',
    kind: 'FlinkCluster',
    metadata: { name: 'x' },
  }
  const value: Printable = { kind: 'Manifest', value: manifest }

  it('is printed as it is, without an envelope of ours', async () => {
    const yaml = 'apiVersion: flinkoperator.k8s.io/v1beta1\nkind: FlinkCluster\nmetadata:\n  name: x\n'
    assert.deepEqual(
      [await shown(value), await shown(value, 'wide'), await shown(value, 'yaml')],
      [yaml, yaml, yaml],
    )
    assert.deepEqual(JSON.parse(await shown(value, 'json')), manifest)
  })

  it('has a name, and fields that can be picked', async () => {
    assert.deepEqual(
      [
        await shown(value, 'name'),
        await shown(value, 'jsonpath={.metadata.name}'),
        await shown(value, 'custom-columns=KIND:.kind'),
        await shown(
          { kind: 'Manifest', value: { kind: 'X', apiVersion: 'v1', metadata: { name: 'y\u001b[2J' } } },
          'name',
        ),
      ],
      ['flinkcluster.flinkoperator.k8s.io/x\n', 'x', 'KIND\nFlinkCluster\n', 'x/y\n'],
    )
  })

  it('keeps hostile text whole, and escapes what could steer a terminal', async () => {
    const text = 'a\u001b[2J\u202eb'
    const printed = await shown({ kind: 'Manifest', value: { ...manifest, text } })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    assert.doesNotMatch(printed, /[\u001b\u202e]/)
    assert.deepEqual(load(printed), { ...manifest, text })
  })
})

describe('A status for programs', () => {
  it('has the fields of the job first, and its savepoints in the order of a savepoint', async () => {
    const { job, state, ...rest } = healthy
    const { restartPoint, ...others } = rest
    const document = JSON.parse(
      await shown({ kind: 'JobStatus', value: { ...others, restartPoint, state, job } as JobStatus }, 'json'),
    )
    assert.deepEqual(Object.keys(document), [
      'apiVersion',
      'kind',
      'job',
      'state',
      'lastSavepoint',
      'lastCheckpoint',
      'restartPoint',
      'atRiskMillis',
      'automatic',
      'onFailure',
      'problems',
      'unknown',
    ])
    assert.deepEqual(document, { apiVersion: 'flinksp/v1', kind: 'JobStatus', ...healthy })
  })

  it('is a list of several, with a row each and their names', async () => {
    const list = statuses(healthy, ailing)
    assert.deepEqual(
      [
        await shown(list, 'name'),
        await shown(list, 'jsonpath={.items[*].restartPoint.location}'),
        await shown(list, 'custom-columns=NAME:.job.name,WHY:.unknown[*].reason'),
        await shown({ kind: 'JobStatus', value: healthy }, 'name'),
        await shown({ kind: 'Automatic', value: automatic }, 'name'),
        await shown({ kind: 'StopPlan', value: stopPlan }, 'name'),
      ],
      [
        'flinkcluster.flinkoperator.k8s.io/orders\nflinkcluster.flinkoperator.k8s.io/clicks\n',
        `${completed.location} gs://b/sp/savepoint-000000-000000000000`,
        'NAME     WHY\norders   <none>\nclicks   Forbidden,Unreachable\n',
        'flinkcluster.flinkoperator.k8s.io/orders\n',
        'flinkcluster.flinkoperator.k8s.io/orders\n',
        '',
      ],
    )
  })
})
