import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { read } from './reads.ts'

const fixtures = '../shared/fixtures'
const here = existsSync(join(fixtures, 'savepoints/expected.json'))

/** The fields of `value` that `like` has. */
function fieldsOf(value: object, like: object): object {
  return Object.fromEntries(Object.entries(value).filter(([field]) => Object.hasOwn(like, field)))
}

interface Expected {
  readonly source?: string
  readonly operators: readonly object[]
}

/** Of the savepoint in a folder, whatever its own directory is called. */
function metadataIn(folder: string): Buffer {
  const inside = readdirSync(folder).find(name => name.startsWith('savepoint-'))
  return readFileSync(join(folder, inside ?? '.', '_metadata'))
}

describe('The savepoints of Flink’s own tests', () => {
  if (!here) {
    it('are not checked', () => console.log('      skipped: ../shared is not here'))
    return
  }
  const all: Record<string, Expected> = JSON.parse(
    readFileSync(join(fixtures, 'savepoints/expected.json'), 'utf8'),
  )
  for (const [name, { source, ...expected }] of Object.entries(all)) {
    it(`are read whole: ${name}`, async () => {
      const got = await read(metadataIn(join(fixtures, 'savepoints', name)))
      const operators = got.operators.map((operator, at) => fieldsOf(operator, expected.operators[at] ?? {}))
      assert(source, 'nobody knows where it comes from')
      assert.deepEqual({ ...fieldsOf(got, expected), operators }, expected)
    })
  }
})

interface AsFlinkReads {
  readonly checkpointId: number
  readonly properties: string
  readonly masterStates: number
  readonly operators: readonly object[]
}

const kinds: Record<string, string> = { suspended: 'Suspend Savepoint', terminated: 'Terminate Savepoint' }

describe('Savepoints of a real Flink 1.18', () => {
  if (!here) {
    it('are not checked', () => console.log('      skipped: ../shared is not here'))
    return
  }
  const all: Record<string, AsFlinkReads> = JSON.parse(
    readFileSync(join(fixtures, 'flink-1.18/expected-operators.json'), 'utf8'),
  )
  for (const [name, expected] of Object.entries(all)) {
    it(`are what Flink’s own reader says of them: ${name}`, async () => {
      const got = await read(metadataIn(join(fixtures, 'flink-1.18', name)))
      assert.deepEqual(
        {
          checkpointId: got.checkpointId,
          properties: kinds[got.stopped ?? ''] ?? 'Savepoint',
          masterStates: got.masterStates.length,
          operators: got.operators.map(operator => ({
            id: operator.id,
            parallelism: operator.parallelism,
            maxParallelism: operator.maxParallelism,
            subtasks: operator.subtaskEntries,
            stateSize: operator.stateBytes,
            fullyFinished: operator.fullyFinished,
          })),
        },
        expected,
      )
      assert.equal(got.format, name.endsWith('native') ? 'NATIVE' : 'CANONICAL')
    })
  }
})
