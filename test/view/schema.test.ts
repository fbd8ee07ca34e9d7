import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { schemaPath, schemaText } from '../../scripts/schema.ts'
import type { Printable } from '../../src/domain/printable.ts'
import { savepointDiff } from '../../src/savepoint/diff.ts'
import { documentOf } from '../../src/view/document.ts'
import {
  ailing,
  automatic,
  bundle,
  checkpoint,
  completed,
  failed,
  healthy,
  inspection,
  origin,
  restored,
  restorePlan,
  stopPlan,
  takePlan,
} from './samples.ts'

const published = readFileSync(schemaPath, 'utf8')

describe('The JSON Schema', () => {
  it('is the one of today’s types; else run: npm run schema', () => {
    assert.equal(published, schemaText())
  })

  const isValid = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(published))
  const clientVersion = { version: 'v1', node: 'v26', platform: 'linux/amd64' }
  const values: Printable[] = [
    ...[completed, failed, origin, checkpoint].map(value => ({ kind: 'Savepoint' as const, value })),
    { kind: 'SavepointList', value: { items: [completed, failed] } },
    { kind: 'TakePlan', value: takePlan },
    { kind: 'RestorePlan', value: restorePlan },
    { kind: 'Restore', value: restored },
    { kind: 'StopPlan', value: stopPlan },
    { kind: 'AutomaticPlan', value: stopPlan },
    { kind: 'Automatic', value: automatic },
    { kind: 'JobStatus', value: healthy },
    { kind: 'Inspection', value: inspection },
    {
      kind: 'InspectionDiff',
      value: savepointDiff(inspection, { ...inspection, formatVersion: 5, operators: [] }),
    },
    { kind: 'JobStatusList', value: { items: [healthy, ailing] } },
    { kind: 'Bundle', value: bundle },
    { kind: 'Version', value: { clientVersion } },
  ]
  for (const value of values) {
    it(`describes what is printed of a ${value.kind}`, () => {
      assert(isValid(documentOf(value)), JSON.stringify(isValid.errors))
    })
  }

  it('refuses what is not printed, and bears fields of a later version', () => {
    const document = documentOf({ kind: 'Savepoint', value: completed })
    assert.deepEqual(
      [
        { ...document, later: 1 },
        { ...document, apiVersion: 'flinksp/v2' },
        { ...document, state: 'Lost' },
        { ...document, sources: undefined },
      ].map(candidate => isValid(candidate)),
      [true, false, false, false],
    )
  })
})
