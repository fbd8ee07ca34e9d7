import { createLogUpdate } from 'log-update'
import { humanDuration } from '../domain/duration.ts'
import type { LiveRow } from '../domain/ports.ts'
import { cut } from './cut.ts'
import { cell } from './plain.ts'
import { table } from './table.ts'
import type { Size, Terminal } from './terminal.ts'

/** A table at the foot of stderr that is drawn again while somebody waits. */
export interface LiveTable {
  /** A line that stays, above the table. */
  say(text: string): void
  /** Nothing is drawn until what is given has ended: a question, which needs the last line. */
  aside<T>(act: () => Promise<T>): Promise<T>
  /** Takes the table away. */
  end(): void
}

/** Ages are in seconds; what changes is seen soon enough. */
const redrawMs = 250
/** Taller is not read while it changes. */
const mostRows = 20

/** Draws until `end`. */
export function liveTable(terminal: Terminal, rows: () => readonly LiveRow[]): LiveTable {
  const size = () => terminal.size?.() ?? { columns: 80, rows: 24 }
  const stream = {
    write: (text: string) => terminal.err(text),
    isTTY: true,
    get columns() {
      return size().columns
    },
    get rows() {
      return size().rows
    },
  }
  // The cursor stays: what hides it shows it again by hooks into the process.
  const screen = createLogUpdate(stream as unknown as NodeJS.WriteStream, { showCursor: true })
  const over = new AbortController()
  let asides = 0
  const draw = () => {
    if (asides === 0 && !over.signal.aborted) screen(liveText(rows(), terminal.clock.now(), size()))
  }
  const keepDrawing = async () => {
    while (!over.signal.aborted) {
      draw()
      await terminal.clock.sleep(redrawMs, over.signal)
    }
  }
  void keepDrawing()
  return {
    say(text) {
      screen.clear()
      terminal.err(text)
      draw()
    },
    async aside(act) {
      asides++
      screen.clear()
      try {
        return await act()
      } finally {
        asides--
        draw()
      }
    },
    end() {
      over.abort()
      screen.clear()
      screen.done()
    },
  }
}

/** As many rows as fit, none wider than the terminal; the rest by their number. */
export function liveText(rows: readonly LiveRow[], now: number, { columns, rows: height }: Size): string {
  const fits = Math.max(1, Math.min(mostRows, height - 3))
  const shown = rows.length <= fits ? rows : rows.slice(0, fits - 1)
  const lines = table(
    ['JOB', 'STATE', 'AGE', ''],
    shown.map(({ name, state, since, detail }) => [
      cell(name),
      state,
      state === 'Waiting' ? '' : humanDuration(now - since),
      cell(detail),
    ]),
  )
  const all = `${lines}${rest(rows.slice(shown.length))}${summary(rows)}`
  // One column is left free: some terminals begin a new line after the last.
  return all.replace(/.+/g, line => cut(line, Math.max(columns - 1, 10)))
}

function rest(rows: readonly LiveRow[]): string {
  return rows.length === 0 ? '' : `and ${rows.length} more: ${counts(rows)}\n`
}

function summary(rows: readonly LiveRow[]): string {
  return `${rows.length === 1 ? '1 job' : `${rows.length} jobs`}: ${counts(rows)}\n`
}

function counts(rows: readonly LiveRow[]): string {
  const numbers = new Map<string, number>()
  for (const { state } of rows) numbers.set(state, (numbers.get(state) ?? 0) + 1)
  return [...numbers].map(([state, number]) => `${number} ${state}`).join(', ')
}
