import type { Machine } from '../domain/connection.ts'
import type { Clock } from '../domain/ports.ts'

/** The terminal, or what stands in for it, and the machine below. */
export interface Io {
  out(text: string): void
  err(text: string): void
  /** A line typed by the person; undefined where the input ended or the wait was interrupted. */
  ask(question: string): Promise<string | undefined>
  /** Which of the three are a terminal. */
  readonly terminal: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean }
  readonly machine: Machine
  readonly clock: Clock
}

/** Can a person be asked? The question goes to stderr, so that stdout stays a result. */
export function isInteractive({ terminal }: Io): boolean {
  return terminal.stdin && terminal.stderr
}
