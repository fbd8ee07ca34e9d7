import assert from 'node:assert/strict'
import { taken, withoutDuration } from '../contract/any-kind.ts'
import { inFlight } from '../contract/kinds.ts'
import type { Ended, Running } from '../contract/program.ts'
import type { How, Spec } from '../contract/stage.ts'
import { until } from '../contract/until.ts'
import type { Scene } from './scene.ts'

/** Said where a watch was lost, whatever the reason. */
export const again = 'watching again: REASON\n'

/** A job, and a take of it whose savepoint is in progress for so long. */
export async function inProgress(
  scene: Scene,
  savepointMs: number,
  line = 'take orders',
  how?: How,
  spec?: Spec,
): Promise<Running> {
  await scene.job('orders', spec)
  scene.flink().change({ savepointMs })
  const taking = await scene.launch(line, how)
  await inFlight(scene)
  return taking
}

/** Resolves once it is so; rejects with the screen of the program where that ends before. */
export async function whileItRuns(running: Running, isSo: () => boolean): Promise<void> {
  let screen: Ended | undefined
  void running.ended.then(ended => {
    screen = ended
  })
  await until(() => screen !== undefined || isSo())
  assert(isSo(), `ended before: ${JSON.stringify(screen)}`)
}

/** The API server forgets what it would need to take a watch up again. */
export function forget({ faults }: Scene): void {
  assert('forget' in faults, 'the history cannot be compacted here')
  faults.forget()
}

/** How many savepoints Flink was asked for. */
export function savepointsOf({ flink }: Scene): number {
  return flink()
    .jobs.flatMap(({ checkpoints }) => checkpoints)
    .filter(({ type }) => type !== 'CHECKPOINT').length
}

/** The writes that were carried out. */
export async function done(scene: Scene): Promise<readonly string[]> {
  return (await scene.writes()).filter(write => / 2\d\d$/.test(write))
}

/** One savepoint was asked for, once, and the screen tells of it and of nothing else than `said`. */
export async function takenOnce(scene: Scene, running: Running, said = ''): Promise<string> {
  return assertTakenOnce(scene, await scene.screenOf(running), said)
}

export async function assertTakenOnce(scene: Scene, screen: Ended, said = ''): Promise<string> {
  assert.deepEqual({ ...withoutDuration(screen), stderr: screen.stderr }, { ...taken(1), stderr: said })
  const writes = await done(scene)
  assert.deepEqual([savepointsOf(scene), writes.length], [1, 1], writes.join())
  return `exit 0; one savepoint, asked for once (${writes.join()})`
}

/** Nothing was asked for, and nothing changed; the screen is that of a failure. */
export async function nothingAsked(
  scene: Scene,
  screen: Ended,
  exit: number,
  stderr: string,
): Promise<string> {
  assert.deepEqual(screen, { exit, stdout: '', stderr })
  assert.deepEqual([savepointsOf(scene), await done(scene)], [0, []])
  return `exit ${exit}; nothing asked for, nothing changed`
}
