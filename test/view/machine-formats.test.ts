import assert from 'node:assert/strict'
import { load } from 'js-yaml'
import type { Printable } from '../../src/domain/printable.ts'
import { formatOf } from '../../src/view/format.ts'
import { render } from '../../src/view/index.ts'
import {
  checkpoint,
  completed,
  context,
  failed,
  orders,
  origin,
  restored,
  restorePlan,
  takePlan,
} from './samples.ts'

const history: Printable = { kind: 'SavepointList', value: { items: [completed, failed, origin] } }
const shown = async (output: string, value: Printable = history) =>
  await render(value, await formatOf(output), context)

describe('-o json', () => {
  it('is indented as kubectl indents, with apiVersion and kind first and the fields in order', async () => {
    const { job, ...rest } = checkpoint
    assert.equal(
      await shown('json', { kind: 'Savepoint', value: { ...rest, job } }),
      `{
    "apiVersion": "flinksp/v1",
    "kind": "Savepoint",
    "job": {
        "apiVersion": "flinkoperator.k8s.io/v1beta1",
        "kind": "FlinkCluster",
        "namespace": "prod",
        "name": "orders",
        "uid": "0b7c"
    },
    "state": "Completed",
    "type": "checkpoint",
    "location": "gs://b/cp/chk-40",
    "checkpointId": 40,
    "completedAt": "2026-08-24T11:59:59Z",
    "durationMillis": 350,
    "sizeBytes": 812,
    "restartPoint": false,
    "origin": false,
    "sources": [
        "rest"
    ]
}
`,
    )
  })

  it('has an empty list for nothing', async () => {
    assert.equal(
      await shown('json', { kind: 'SavepointList', value: { items: [] } }),
      '{\n    "apiVersion": "flinksp/v1",\n    "kind": "SavepointList",\n    "items": []\n}\n',
    )
  })

  it('begins every kind of value alike', async () => {
    const values: Printable[] = [
      history,
      { kind: 'TakePlan', value: takePlan },
      { kind: 'RestorePlan', value: restorePlan },
      { kind: 'Restore', value: restored },
    ]
    const heads = await Promise.all(
      values.map(async value => Object.entries(JSON.parse(await shown('json', value))).slice(0, 2)),
    )
    assert.deepEqual(
      heads,
      values.map(({ kind }) => [
        ['apiVersion', 'flinksp/v1'],
        ['kind', kind],
      ]),
    )
  })

  it('keeps hostile text whole, and escapes what could steer a terminal', async () => {
    const message = 'a\u001b[2J\u009b31m\u202eb\u2066\u007f'
    const text = await shown('json', { kind: 'Savepoint', value: { ...failed, failure: { message } } })
    assert(text.includes('"message": "a\\u001b[2J\\u009b31m\\u202eb\\u2066\\u007f"'), text)
    assert.equal(JSON.parse(text).failure.message, message)
  })
})

describe('-o yaml', () => {
  it('says the same as -o json', async () => {
    assert.equal(
      await shown('yaml', { kind: 'Savepoint', value: origin }),
      `apiVersion: flinksp/v1
kind: Savepoint
job:
  apiVersion: flinkoperator.k8s.io/v1beta1
  kind: FlinkCluster
  namespace: prod
  name: orders
  uid: 0b7c
state: Completed
type: savepoint
location: gs://b/sp/savepoint-000000-000000000000
restartPoint: false
origin: true
sources:
  - status
`,
    )
    assert.deepEqual(load(await shown('yaml')), JSON.parse(await shown('json')))
  })

  it('keeps hostile text whole, and escapes what could steer a terminal', async () => {
    const message = 'a\u001b[2J\u009b31m\u202eb: "q" \\ \u2066\u007f'
    const text = await shown('yaml', { kind: 'Savepoint', value: { ...failed, failure: { message } } })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2066]/)
    assert.equal((load(text) as { failure: { message: string } }).failure.message, message)
  })
})

describe('-o name', () => {
  it('is a location a line, of what completed', async () => {
    assert.equal(await shown('name'), `${completed.location}\n${origin.location}\n`)
    assert.equal(await shown('name', { kind: 'Savepoint', value: completed }), `${completed.location}\n`)
    assert.equal(await shown('name', { kind: 'Restore', value: restored }), `${completed.location}\n`)
    assert.equal(await shown('name', { kind: 'RestorePlan', value: restorePlan }), `${completed.location}\n`)
  })

  it('is nothing for what is only asked for', async () => {
    assert.equal(await shown('name', { kind: 'Savepoint', value: { ...completed, state: 'Requested' } }), '')
    assert.equal(await shown('name', { kind: 'Restore', value: { ...restored, state: 'InProgress' } }), '')
    assert.equal(await shown('name', { kind: 'TakePlan', value: takePlan }), '')
  })
})

describe('-o jsonpath', () => {
  const templates: [string, string][] = [
    ['{.items[*].location}', `${completed.location} ${origin.location}`],
    ['{.items[0].location}', `${completed.location}`],
    ['{.items[-1].state}', 'Completed'],
    ['{.items[-2].state}', 'Failed'],
    ['{.items[0:2].state}', 'Completed Failed'],
    ['{.items[0,2].origin}', 'false true'],
    ['{$.kind} and {@.kind}', 'SavepointList and SavepointList'],
    ["{['kind','apiVersion']}", 'SavepointList flinksp/v1'],
    ["{.items[0]['location']}", `${completed.location}`],
    ['{.items[?(@.state=="Completed")].completedAt}', '2026-08-24T11:48:00Z'],
    ["{.items[?(@.state!='Completed')].failure.rootCause}", 'Disk quota exceeded'],
    ['{.items[?(@.generation>3)].name}', 'before-v2'],
    ['{.items[?(@.restartPoint==true)].name}', 'before-v2'],
    ['{.items[?(@.failure)].state}', 'Failed'],
    ['{..rootCause}', 'Disk quota exceeded'],
    ['{.items[0].sources}', '["record","status","rest"]'],
    ['{.items[1].failure.rootCause}{"\\n"}', 'Disk quota exceeded\n'],
    ['{.nothing.here}', ''],
    ['{.items[9].state}', ''],
    ['{.items[0].constructor}', ''],
    ['no braces', 'no braces'],
    ['{range .items[*]}{.state}{"\\t"}{.generation}{"\\n"}{end}', 'Completed\t12\nFailed\t\nCompleted\t\n'],
    ['{range .items[*]}{range .sources[*]}{@},{end};{end}', 'record,status,rest,;status,;status,;'],
    ["{range .items[*]}[{.name}{'}'}]{end}", '[before-v2}][}][}]'],
  ]
  for (const [template, text] of templates) {
    it(`fills in ${template}`, async () => assert.equal(await shown(`jsonpath=${template}`), text))
  }

  it('runs no code in a filter', async () => {
    const filter = '{.items[?(@.constructor.constructor("return process")().exit(9))].state}'
    assert.equal(await shown(`jsonpath=${filter}`), '')
  })

  it('lets no text from the cluster steer the terminal', async () => {
    const value: Printable = {
      kind: 'Savepoint',
      value: { ...completed, job: { ...orders, name: 'a\u001b[2Jb' } },
    }
    assert.equal(
      await shown('jsonpath={.job.name} {.job}', value),
      `ab ${JSON.stringify({ ...orders, name: 'a\u001b[2Jb' })}`,
    )
  })
})

describe('-o custom-columns', () => {
  it('has a row an item, and <none> where there is nothing', async () => {
    assert.equal(
      await shown('custom-columns=NAME:.name,WHERE:{.location},BY:sources[*],N:.items[0,1]'),
      [
        'NAME        WHERE                                     BY                   N',
        'before-v2   gs://b/sp/savepoint-c0c55c-63ed75ba89c1   record,status,rest   <none>',
        '<none>      <none>                                    status               <none>',
        '<none>      gs://b/sp/savepoint-000000-000000000000   status               <none>',
        '',
      ].join('\n'),
    )
  })

  it('has one row for one value', async () => {
    assert.equal(
      await shown('custom-columns=JOB:.job.name,STATE:.state', { kind: 'Savepoint', value: completed }),
      'JOB      STATE\norders   Completed\n',
    )
  })
})

describe('A bad -o', () => {
  const allowed = 'custom-columns,json,jsonpath,name,table,wide,yaml'
  const noPrinter = (output: string) =>
    `error: unable to match a printer suitable for the output format "${output}", allowed formats are: ${allowed}`
  const bad: [string, string][] = [
    ['bad', noPrinter('bad')],
    ['JSON', noPrinter('JSON')],
    ['json=x', noPrinter('json=x')],
    ['go-template={{.}}', noPrinter('go-template={{.}}')],
    ['jsonpath', 'error: template format specified but no template given'],
    ['jsonpath=', 'error: template format specified but no template given'],
    ['jsonpath={.a', 'error: error parsing jsonpath {.a, unclosed action'],
    ['jsonpath={.a[0}', 'error: error parsing jsonpath {.a[0}, unterminated array in .a[0'],
    ['jsonpath={.a[x]}', 'error: error parsing jsonpath {.a[x]}, invalid array index [x] in .a[x]'],
    ['jsonpath={.a b}', 'error: error parsing jsonpath {.a b}, unrecognized character in .a b'],
    ['jsonpath={a}', 'error: error parsing jsonpath {a}, unrecognized identifier a'],
    ['jsonpath={range .a}', 'error: error parsing jsonpath {range .a}, unclosed range'],
    ['jsonpath={end}', 'error: error parsing jsonpath {end}, not in range, nothing to end'],
    [
      'jsonpath={.a[?(@.b==)]}',
      'error: error parsing jsonpath {.a[?(@.b==)]}, Expected expression after == at character 8',
    ],
    ['custom-columns', 'error: custom-columns format specified but no custom columns given'],
    [
      'custom-columns=NAME',
      'error: unexpected custom-columns spec: NAME, expected <header>:<json-path-expr>',
    ],
    ['custom-columns=A:.a,B', 'error: unexpected custom-columns spec: B, expected <header>:<json-path-expr>'],
    ['custom-columns=A:', 'error: unexpected custom-columns spec: A:, expected <header>:<json-path-expr>'],
  ]
  for (const [output, message] of bad) {
    it(`is refused before anything is done: ${output}`, async () => {
      await assert.rejects(formatOf(output), { code: 'usage', message })
    })
  }
})
