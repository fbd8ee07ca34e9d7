import { Failure } from '../../domain/failure.ts'
import type { World } from '../../domain/ports.ts'
import type { NotBundled } from '../../domain/printable.ts'
import { inTime } from '../verify/in-time.ts'

/** A file of the archive as it was found, with its secrets. */
export interface Part {
  readonly path: string
  /** For the index. */
  readonly what: string
  /** JSON, unless it is text. */
  readonly content: { readonly json: unknown } | { readonly text: string }
}

/** What was found, and what was not. */
export interface Gathered {
  readonly parts: readonly Part[]
  readonly missing: readonly NotBundled[]
}

/** One thing takes no longer than this: whoever is asked for help has somebody waiting. */
const patienceMs = 15_000

/** What is looked for, or why it is not there. Only Ctrl-C ends more than that. */
export async function sought<T>(
  world: World,
  what: string,
  look: (signal: AbortSignal) => Promise<T>,
): Promise<{ readonly found: T } | { readonly missing: NotBundled }> {
  try {
    const found = await inTime(world, patienceMs, async signal => ({ it: await look(signal) }))
    if (found) return { found: found.it }
    return { missing: { what, reason: `no answer within ${patienceMs / 1_000} s` } }
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'interrupted') throw error
    return { missing: { what, reason: error.message.replace(/^error: /, '') } }
  }
}

/** The same as a part of the archive. `look` may give none, where there is nothing to tell. */
export async function soughtPart(
  world: World,
  part: Omit<Part, 'content'>,
  look: (signal: AbortSignal) => Promise<unknown>,
): Promise<Gathered> {
  const answer = await sought(world, part.what, look)
  if ('missing' in answer) return { parts: [], missing: [answer.missing] }
  const { found } = answer
  return { parts: found === undefined ? [] : [{ ...part, content: { json: found } }], missing: [] }
}

export function together(all: readonly Gathered[]): Gathered {
  return { parts: all.flatMap(({ parts }) => parts), missing: all.flatMap(({ missing }) => missing) }
}
