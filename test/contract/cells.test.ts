import assert from 'node:assert/strict'
import { everyKind, isPlayedOn, type Scenario } from './scenario.ts'
import { scenarios } from './scenarios.ts'

const isPlayedOnAll = (scenario: Scenario) => everyKind.every(dialect => isPlayedOn(scenario, dialect))
const titles = (some: readonly Scenario[]) => some.map(({ title }) => title)

describe('The table of kind × scenario', () => {
  it('has a reason wherever a scenario is not played', () => {
    const without = scenarios.filter(scenario => !isPlayedOnAll(scenario) && !scenario.because)
    assert.deepEqual(titles(without), [])
  })

  it('has no reason where there is nothing to explain', () => {
    const needless = scenarios.filter(scenario => isPlayedOnAll(scenario) && scenario.because)
    assert.deepEqual(titles(needless), [])
  })

  it('has one line for each scenario', () => {
    const all = titles(scenarios)
    assert.deepEqual(
      all.filter((title, at) => all.indexOf(title) !== at),
      [],
    )
  })
})
