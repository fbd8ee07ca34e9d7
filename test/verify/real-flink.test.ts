import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Inspection } from '../../src/domain/inspection.ts'
import { graphOfSavepoint, graphOfUids } from '../../src/verify/graph.ts'
import { operatorIdOf } from '../../src/verify/operator-id.ts'
import { verification } from '../../src/verify/verification.ts'

// Savepoints and checkpoints of one job by several releases of Flink (`npm run fixtures`).
const fixtures = join(import.meta.dirname, '..', 'savepoint', 'fixtures')

function inspectionsOf(release: string): Inspection[] {
  const all: Record<string, { inspection: Inspection }> = JSON.parse(
    readFileSync(join(fixtures, release, 'expected.json'), 'utf8'),
  )
  return Object.values(all).map(({ inspection }) => inspection)
}

const job = { apiVersion: 'v1', kind: 'FlinkCluster', namespace: 'default', name: 'orders' }

for (const release of readdirSync(fixtures).sort()) {
  describe(`Savepoints of Flink ${release}`, () => {
    const all = inspectionsOf(release)

    it('have operators with the ids of their uids', () => {
      const named = all.flatMap(({ operators }) => operators.filter(({ uid }) => uid))
      for (const { uid, id } of named) assert.equal(operatorIdOf(uid ?? ''), id)
      for (const { operators } of all) assert(operators.some(({ id }) => id === operatorIdOf('numbers')))
    })

    it('have an entry for each operator of their job, also for those without state', () => {
      for (const { operators } of all) assert(operators.some(({ hasState }) => !hasState))
    })

    it('fit the release that wrote them, and not one before its format', () => {
      for (const inspection of all) {
        const verified = (flinkVersion: string) =>
          verification({
            ...{
              job,
              savepoint: { location: inspection.location },
              inspection,
              allowNonRestoredState: false,
            },
            graph: graphOfSavepoint(inspection, 'checkpoint'),
            demands: { flinkVersion },
          }).result
        assert.equal(verified(release), 'Fits')
        assert.equal(verified('1.2'), 'DoesNotFit')
      }
    })

    it('do not fit a job that has other uids', () => {
      for (const inspection of all) {
        const { result } = verification({
          ...{ job, savepoint: { location: inspection.location }, inspection, allowNonRestoredState: false },
          graph: graphOfUids(['elsewhere']),
          demands: { flinkVersion: release },
        })
        assert.equal(result, 'DoesNotFit')
      }
    })
  })
}
