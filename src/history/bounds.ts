import type { Change } from '../domain/plan.ts'

/** Longer texts are cut when they are written, and refused when they are read. */
export const longestText = 1_024
export const longestLocation = 4_096
export const mostChanges = 32

/** As nearly all texts are: V8 takes a millisecond for the sets of all alphabets. */
const ascii = /^[ -~]*$/

/** Control characters, invisible formatting (bidirectional overrides) and halves of surrogate pairs become blanks. */
export function printed(text: string): string {
  return ascii.test(text) ? text : text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
}

export function isPrintable(text: string): boolean {
  return printed(text) === text
}

export function isPlain(text: string): boolean {
  return text.length <= longestText && isPrintable(text)
}

/** The record keeps one value a line of a plan: no objects (`status.control`), no lists, nothing that is too long. */
export function isRecordable({ path, from, to }: Change): boolean {
  return isPlain(path) && isScalar(from) && isScalar(to)
}

function isScalar(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= longestLocation && isPrintable(value)
  return value === undefined || value === null || typeof value === 'boolean' || Number.isFinite(value)
}
