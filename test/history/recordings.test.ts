import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Fields, fieldsAt, integerAt, listAt, textAt } from '../../src/domain/fields.ts'
import type { Resource } from '../../src/domain/resource.ts'
import { savepointsOfStatus } from '../../src/history/from-status.ts'
import { mergeSavepoints } from '../../src/history/merge.ts'
import { readFlinkCluster } from '../../src/operators/flink-cluster/read.ts'
import { readTrace, type TraceRecord } from '../replay/trace.ts'

const recordings = fileURLToPath(new URL('../../../shared/traces/', import.meta.url))

function listed(resource: Resource) {
  const facts = readFlinkCluster(resource)
  return mergeSavepoints(savepointsOfStatus(facts), facts.restartPoint)
}

function objectsOf(records: readonly TraceRecord[]) {
  return records.flatMap(({ object, line }) => (object ? [{ object, line }] : []))
}

describe('history of what real operators wrote', () => {
  if (!existsSync(recordings)) {
    it('is not here: skipped', () => {
      console.log('      skipped: ../shared is not here')
    })
    return
  }
  const folders = readdirSync(recordings).filter(folder => /^(gcp|spotify)-/.test(folder))
  for (const folder of folders) {
    const expected = JSON.parse(readFileSync(`${recordings}${folder}/expected.json`, 'utf8')) as Fields
    const restartPoints = fieldsAt(expected, '_restartPoint')
    for (const name of Object.keys(restartPoints)) {
      it(`${folder}: marks the restart point at the end of ${name}`, () => {
        const last = objectsOf(readTrace(`${recordings}${folder}/${name}.jsonl`)).at(-1)
        assert.ok(last)
        const location = textAt(restartPoints, name, 'location')
        assert.deepEqual(
          listed(last.object).flatMap(known => (known.restartPoint ? [known.location] : [])),
          location === undefined ? [] : [location],
        )
      })
    }
    for (const name of Object.keys(fieldsAt(expected, '_scheduled'))) {
      it(`${folder}: lists what the operator took by itself in ${name}`, () => {
        const objects = objectsOf(readTrace(`${recordings}${folder}/${name}.jsonl`))
        for (const savepoint of listAt(expected, '_scheduled', name)) {
          const seen = objects.find(({ line }) => line === integerAt(savepoint, 'line'))
          assert.ok(seen)
          const location = textAt(savepoint, 'location')
          const found = listed(seen.object).find(known => known.location === location)
          // Tags up to -3 do not say who asked.
          const reasons: Record<string, string> = { 'user requested': 'manual', scheduled: 'scheduled' }
          const reason = textAt(savepoint, 'reason')
          assert.deepEqual(
            { state: found?.state, triggerId: found?.triggerId, trigger: found?.trigger },
            {
              state: 'Completed',
              triggerId: textAt(savepoint, 'triggerId'),
              trigger: reason === undefined ? undefined : reasons[reason],
            },
          )
        }
      })
    }
  }
})
