import { existsSync } from 'node:fs'
import { join } from 'node:path'

export interface Rehearsed {
  readonly words: readonly string[]
  /** It runs without the rest of the program (rest.ts), which would cost it some milliseconds. */
  readonly alone?: true
}

/**
 * Which commands are run before the build's end, and whose compiled code is carried together: what V8 is given it reads as a whole, so
 * `version` should not read what only `history` runs. start.cjs chooses. SAVEPOINT is a directory with one.
 */
export const rehearsals: Readonly<Record<string, readonly Rehearsed[]>> = {
  help: [
    { words: ['version'], alone: true },
    { words: ['--help'] },
    { words: ['take', '--help'] },
    { words: ['__complete', 'h'] },
    { words: ['__complete', 'take', '--v'] },
  ],
  history: [
    { words: ['history', 'flinkcluster/model'], alone: true },
    { words: ['history', 'alone'], alone: true },
    { words: ['history', 'flinkdeployment/model'], alone: true },
    { words: ['history', 'flinkcluster/model', '-o', 'json'] },
    { words: ['__complete', 'history', ''] },
  ],
  inspect: [
    { words: ['inspect', 'SAVEPOINT'], alone: true },
    { words: ['inspect', 'SAVEPOINT', '-o', 'json'] },
  ],
  // For all others, which read a job first.
  status: [{ words: ['status', 'flinkcluster/model'] }, { words: ['status', 'flinkdeployment/model'] }],
}

/** The texts whose compiled code is carried, by their names: `history-program.cache`. */
const rehearsedTexts = ['program', 'rest']

/** Those that are there. */
export function textsIn(folder: string): string[] {
  return rehearsedTexts.filter(name => existsSync(join(folder, `${name}.cjs`)))
}

export function cacheName(rehearsal: string, text: string): string {
  return `${rehearsal}-${text}.cache`
}

export const cacheNames: readonly string[] = Object.keys(rehearsals).flatMap(rehearsal =>
  rehearsedTexts.map(text => cacheName(rehearsal, text)),
)
