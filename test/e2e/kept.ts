import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { eventually } from './conditions.ts'
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

/** The job goes on from exactly the savepoint that it was stopped with: where that is. */
export async function assertResumed(
  { document }: Plugin,
  cluster: CountingCluster,
  ...how: readonly string[]
): Promise<string> {
  const name = cluster.shown
  const counted = await cluster.job.countedOn(20)
  const { location } = await document('stop', name, '--yes', ...how)
  assert.deepEqual(await readdir(new URL(location)), ['_metadata'])
  const { result, from } = await cluster.restartedBy(() => document('resume', name, '--yes'))
  assert.deepEqual([result.state, result.savepoint.location, result.proof], ['Restored', location, proven])
  assertKept(from, counted)
  return location
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
  const automatic = await cluster.restartedBy(() => document('auto', name, '--every', '20s', '--yes'))
  assert.equal(automatic.result.everySeconds, 20)
  assertKept(automatic.from, Math.max(from, counted))
}

/**
 * Of a job with `auto --every 20s` on Spotify: the savepoint that is taken by itself is what a failure brings it back to. GCP's
 * operator would restart it without end (seen on tag -9).
 */
export async function assertRestartedAsNamed({ document }: Plugin, cluster: CountingCluster): Promise<void> {
  const name = `flinkcluster/${cluster.name}`
  const before = (await document('status', name)).restartPoint?.location
  // Then there is time until the next one.
  const status = await eventually('a savepoint is taken by itself', async () => {
    const now = await document('status', name)
    return now.restartPoint !== undefined && now.restartPoint.location !== before ? now : undefined
  })
  const { location } = status.restartPoint
  assert.deepEqual(
    [status.automatic.everySeconds, status.lastSavepoint.location, status.lastSavepoint.trigger],
    [20, location, 'scheduled'],
  )
  const ofIt = async () => {
    const { items } = await document('history', name)
    return items.find((item: { location?: string }) => item.location === location)
  }
  const taken = await ofIt()
  assert.deepEqual([taken.trigger, taken.restartPoint, taken.origin], ['scheduled', true, false])

  const counted = await cluster.job.count()
  const { from } = await cluster.restartedBy(() => cluster.fail())
  assert.ok(from > 0 && from <= counted, `${counted} were counted, and it goes on from ${from}`)
  await eventually('status shows what it was started from', async () => {
    const { state, origin } = await document('status', name)
    return state === 'Running' && origin?.location === location ? true : undefined
  })
  assert.equal((await ofIt()).origin, true)
}
