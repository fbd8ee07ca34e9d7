import { type Fields, integerAt, textAt } from '../domain/fields.ts'
import { isFlinkId } from './request.ts'

const longestLocation = 4_096
// biome-ignore lint/suspicious/noControlCharactersInRegex: a path with one could forge a line of output
const control = /[\u0000-\u001f\u007f-\u009f]/

/** A path as Flink reports it; none where it says that a checkpoint cannot be addressed (flink-runtime CheckpointStatistics). */
export function locationAt(from: Fields, ...path: string[]): string | undefined {
  const text = textAt(from, ...path)
  if (text === undefined || text.length > longestLocation || control.test(text)) return undefined
  return text === '<checkpoint-not-externally-addressable>' ? undefined : text
}

export function idAt(from: Fields, ...path: string[]): string | undefined {
  const text = textAt(from, ...path)
  return text !== undefined && isFlinkId(text) ? text : undefined
}

/** A count, a size or a duration; Flink writes -1 for one that it does not know. */
export function amountAt(from: Fields, ...path: string[]): number | undefined {
  const value = integerAt(from, ...path)
  return value !== undefined && value >= 0 ? value : undefined
}

/** Epoch milliseconds that a Date can hold. */
export function epochAt(from: Fields, ...path: string[]): number | undefined {
  const value = amountAt(from, ...path)
  return value !== undefined && value > 0 && value <= 8.64e15 ? value : undefined
}
