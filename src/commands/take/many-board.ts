import type { LiveRow } from '../../domain/ports.ts'
import type { Resource } from '../../domain/resource.ts'
import type { Savepoint } from '../../domain/savepoint.ts'
import { operatorOf } from '../../operators/index.ts'

/** How far one of many jobs has come: `Waiting` for its turn, `Asking`, then the states of a savepoint; `Refused`, `Skipped`. */
export type Stage = 'Waiting' | 'Asking' | 'Refused' | 'Skipped' | Savepoint['state']

/** One job's line. */
export interface Place {
  set(state: Stage, detail?: string): void
  /** Something was written: the first time, that is the request. */
  written(): void
  /** What was seen of the job whose savepoint was asked for. */
  seen(object: Resource): void
}

/** How far many jobs have come, for a person who watches. */
export interface Board {
  place(at: number): Place
  /** Those under way first, then what has gone wrong, then the others. */
  rows(): readonly LiveRow[]
}

const order: Readonly<Record<Stage, number>> = {
  InProgress: 0,
  Requested: 0,
  Asking: 0,
  Failed: 1,
  Refused: 1,
  Withdrawn: 1,
  Completed: 2,
  Skipped: 2,
  Waiting: 3,
}

export function boardOf(names: readonly string[], now: () => number): Board {
  const began = now()
  const rows = names.map(name => ({ name, state: 'Waiting' as Stage, since: began, detail: '' }))
  const place = (at: number): Place => {
    const set: Place['set'] = (state, detail = '') => {
      const row = rows[at]
      if (!row) return
      const goesOn = row.state === 'Requested' && state === 'InProgress'
      rows[at] = { name: row.name, state, detail, since: goesOn ? row.since : now() }
    }
    const seen: Place['seen'] = object => {
      const { attempt } = operatorOf(object).read(object)
      if (rows[at]?.state === 'Requested' && attempt?.state === 'InProgress') set('InProgress')
    }
    const written = () => {
      if (rows[at]?.state === 'Asking') set('Requested')
    }
    return { set, seen, written }
  }
  return { place, rows: () => rows.toSorted((a, b) => order[a.state] - order[b.state]) }
}
