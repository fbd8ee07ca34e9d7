import type { Candidate } from '../domain/candidate.ts'
import { cell } from './plain.ts'

/** What the shell does beside offering the words; the bits of cobra's ShellCompDirective, which kubectl passes on. */
export interface CompletionManner {
  /** Where there are no words, the shell's own files (or directories) are none either, unless this says so. */
  readonly files?: 'all' | 'directories'
  /** The words stand in the order in which they are to be shown. */
  readonly ordered?: boolean
}

const [noSpace, noFiles, directoriesOnly, keepOrder] = [2, 4, 16, 32]

/** A longer description would fill more than a line. */
const longestDescription = 120

/** As cobra's `__complete` prints it: a line a word, its description after a tab, and the directive. */
export function completionScreen(
  candidates: readonly Candidate[],
  { files, ordered }: CompletionManner = {},
): string {
  // What ends so is gone on with: KIND/ and jsonpath=.
  const goesOn = candidates.length > 0 && candidates.every(({ word }) => /[/=]$/.test(word))
  const bits = [
    goesOn && noSpace,
    files !== 'all' && (files === 'directories' ? directoriesOnly : noFiles),
    ordered && keepOrder,
  ]
  const directive = bits.reduce<number>((sum, bit) => sum + (bit || 0), 0)
  return [...candidates.map(line), `:${directive}`, ''].join('\n')
}

function line({ word, description = '' }: Candidate): string {
  const shown = cell(description).slice(0, longestDescription)
  return shown === '' ? word : `${word}\t${shown}`
}
