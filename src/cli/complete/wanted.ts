import type { Flag } from '../../commands/command.ts'
import type { Live } from '../../commands/complete/live.ts'
import type { Candidate } from '../../domain/candidate.ts'

/** What may stand at a place of the command line. */
export type Wanted =
  | { readonly is: 'file' }
  | { readonly is: 'directory' }
  | { readonly is: 'unknown' }
  | { readonly is: 'one of'; readonly candidates: readonly Candidate[] }
  /** Words that are known, and what only the kubeconfig or the server can tell. */
  | { readonly is: 'live'; readonly live: Live; readonly candidates: readonly Candidate[] }

export const unknown: Wanted = { is: 'unknown' }

export function oneOf(candidates: readonly Candidate[]): Wanted {
  return { is: 'one of', candidates }
}

/** What the value of a flag may be. */
export function flagValue({ type, choices, suggested, holds }: Flag): Wanted {
  const words = type === 'boolean' ? ['true', 'false'] : (choices ?? suggested)
  if (words) return oneOf(words.map(word => ({ word })))
  if (holds === undefined) return unknown
  if (holds === 'file' || holds === 'directory') return { is: holds }
  return { is: 'live', live: { is: holds }, candidates: [] }
}
