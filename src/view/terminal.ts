import type { Machine } from '../domain/connection.ts'
import type { Clock } from '../domain/ports.ts'

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** The terminal, or what stands in for it, and the machine that it belongs to. */
export interface Terminal {
  out(text: string): void
  err(text: string): void
  /** A line typed by the person, empty where the input ended; undefined where Ctrl-C or `signal` ended the question. */
  ask(question: string, signal?: AbortSignal): Promise<string | undefined>
  /** Aborted when nobody reads stdout any more. */
  readonly unread?: AbortSignal
  /** Which of the three really are a terminal. */
  readonly isTerminal: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean }
  /** As it is now; of stdout, where stderr is none. */
  size?(): Size
  readonly machine: Machine
  readonly clock: Clock
  /** When the process began, epoch ms; absent: now. */
  readonly startedAt?: number
}

/** Can a person be asked? The question goes to stderr, so that stdout stays a result. */
export function isInteractive({ isTerminal }: Terminal): boolean {
  return isTerminal.stderr && isTerminal.stdin
}
