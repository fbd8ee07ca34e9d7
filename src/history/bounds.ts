import type { Change } from '../domain/plan.ts'

/** Longer texts are cut when they are written, and refused when they are read. */
export const longestText = 1_024
export const longestLocation = 4_096
export const mostChanges = 32

/** Control characters, invisible formatting (bidirectional overrides) and halves of surrogate pairs. */
export const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu

export function isPlain(text: string): boolean {
  return text.length <= longestText && text.search(unprintable) < 0
}

/** The record keeps one value a line of a plan: no objects (`status.control`), no lists, nothing that is too long. */
export function isRecordable({ path, from, to }: Change): boolean {
  return isPlain(path) && isScalar(from) && isScalar(to)
}

function isScalar(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= longestLocation && value.search(unprintable) < 0
  return value === undefined || value === null || typeof value === 'boolean' || Number.isFinite(value)
}
