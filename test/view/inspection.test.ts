import assert from 'node:assert/strict'
import stringWidth from 'string-width'
import type { InspectedOperator, Inspection } from '../../src/domain/inspection.ts'
import { inspectionPage } from '../../src/view/inspection.ts'
import { context, inspection } from './samples.ts'

const [sample] = inspection.operators
if (!sample) throw new Error('the sample has an operator')

const long = 'Window(TumblingEventTimeWindows(60000), EventTimeTrigger, CountAggregate, PassThrough)'
const operator = (name: string, stateBytes: number): InspectedOperator => ({
  ...sample,
  ...{ name, stateBytes, hasState: stateBytes > 0 },
  states: ['total', 'window-contents', 'a long name of a state'].map(name => ({
    ...{ name, scope: 'keyed', serializers: [] },
  })),
})
const large: Inspection = {
  ...inspection,
  operators: Array.from({ length: 200 }, (_, at) =>
    operator(at % 2 ? `${long} ${at}` : `日本 ${at}`, at < 150 ? at * 1024 : 0),
  ),
}
const tableOf = (value: Inspection, columns: number, wide = false): string[] => {
  const { files: _, ...page } = value
  const lines = inspectionPage(page, wide, { ...context, terminal: true, columns }).split('\n')
  return lines.slice(lines.indexOf('') + 1, -1)
}

describe('The page of a savepoint', () => {
  it('is no wider than the terminal, whatever is in it', () => {
    for (const columns of [80, 100, 120, 200])
      for (const line of tableOf(large, columns)) assert(stringWidth(line) < columns, `${columns}: ${line}`)
  })

  it('is read in ten seconds of two hundred operators, too: those with the most state are shown', () => {
    const lines = tableOf(large, 80)
    assert.deepEqual(
      [...lines.slice(0, 4), ...lines.slice(-2)],
      [
        'OPERATOR                   PARALLELISM   MAX   STATE                STATES',
        'Window(TumblingEventTim…   1             128   149Ki   ██████████   total, win…',
        '日本 148                   1             128   148Ki   ██████████   total, win…',
        'Window(TumblingEventTim…   1             128   147Ki   ██████████   total, win…',
        '日本 120                   1             128   120Ki   ████████     total, win…',
        'and 170 more operators with 7Mi of state: -o wide lists all',
      ],
    )
    assert.equal(lines.length, 32)
  })

  it('gives up its bars where there is no room for them', () => {
    assert.deepEqual(tableOf(large, 60).slice(0, 2), [
      'OPERATOR                   PARALLELISM   MAX   STATE   STATES',
      'Window(TumblingEventTim…   1             128   149Ki   total, win…',
    ])
  })

  it('is all there with -o wide, and off a terminal', () => {
    assert.equal(tableOf(large, 80, true).length, 201)
    assert(tableOf(large, 80, true).some(line => line.startsWith(`${long} 199`)))
    const { files: _, ...page } = large
    const text = inspectionPage(page, false, context)
    assert.equal(text.split('\n').length, 9 + 201 + 1)
    assert(text.includes(`${long} 199 `) && !text.includes('…'))
  })
})
