import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import type { CountingCluster } from './counting.ts'
import type { Server } from './server.ts'

/** The plugin as the administrator calls it, where all goes well. */
export interface Plugin {
  printed(...words: readonly string[]): Promise<string>
  /** The same with `-o json`. */
  // biome-ignore lint/suspicious/noExplicitAny: documents of every kind
  document(...words: readonly string[]): Promise<any>
}

export function pluginOn({ kubectl }: Pick<Server, 'kubectl'>): Plugin {
  const printed = async (...words: readonly string[]) => {
    const { code, stdout, stderr } = await kubectl(['flinksp', ...words])
    assert.equal(code, 0, stderr)
    return stdout
  }
  return { printed, document: async (...words) => JSON.parse(await printed(...words, '-o', 'json')) }
}

/** Of a restore: the operator says so, and Flink does. */
export const proven = { operator: true, rest: true }

/** A savepoint has at least what was counted before it was asked for. */
export function assertKept(from: number, counted: number): void {
  assert.ok(from >= counted, `${counted} were counted, but it goes on from ${from}`)
}

/** The job goes on from exactly the savepoint that it was stopped with. */
export async function assertResumed({ document }: Plugin, cluster: CountingCluster): Promise<void> {
  const name = cluster.shown
  const counted = await cluster.job.countedOn(20)
  const { location } = await document('stop', name, '--yes')
  assert.deepEqual(await readdir(new URL(location)), ['_metadata'])
  const { result, from } = await cluster.restartedBy(() => document('resume', name, '--yes'))
  assert.deepEqual([result.state, result.savepoint.location, result.proof], ['Restored', location, proven])
  assertKept(from, counted)
}

/** A change after a restore starts the job from what it has counted since, not from what it was restored from. */
export async function assertCountedOn(
  { printed, document }: Plugin,
  cluster: CountingCluster,
  savepoint: string,
): Promise<void> {
  const name = cluster.shown
  const { from } = await cluster.restartedBy(() =>
    printed('restore', name, savepoint, '--yes', '--safety-savepoint=false'),
  )
  const counted = await cluster.job.countedOn(50)
  const automatic = await cluster.restartedBy(() => document('auto', name, '--every', '15s', '--yes'))
  assert.equal(automatic.result.everySeconds, 15)
  assertKept(automatic.from, Math.max(from, counted))
}
