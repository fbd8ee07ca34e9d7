import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Stoppable {
  stop(): Promise<void>
}

/** Notes a part that was started, so that it is stopped with the rest. */
export type Begun = <T extends Stoppable>(part: Promise<T>) => Promise<T>

/** Gives the parts a folder; stops them in the reverse order of their start, also where one of them fails to start. */
export async function assemble<T extends object>(
  build: (directory: string, begun: Begun) => Promise<T>,
): Promise<T & Stoppable> {
  const directory = await mkdtemp(join(tmpdir(), 'flinksp-e2e-'))
  // Once more at the very end: a stub that was stopped may still have been writing a savepoint.
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  const parts: Stoppable[] = [{ stop: () => rm(directory, { recursive: true, force: true }) }]
  const stop = async () => {
    for (const part of parts.splice(0).reverse()) await part.stop()
  }
  const begun: Begun = async part => {
    const started = await part
    parts.push(started)
    return started
  }
  try {
    return { ...(await build(directory, begun)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
