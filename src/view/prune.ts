import type { KeptSavepoint, PlannedDeletion, Prune, PrunePlan } from '../domain/prune.ts'
import { printedName } from '../domain/resource.ts'
import { age } from './age.ts'
import type { Context } from './context.ts'
import { items } from './lines.ts'
import { cell, plain } from './plain.ts'
import { humanSize } from './size.ts'
import { table } from './table.ts'

/** What `prune` would delete and what it would leave, each with the reason. */
export function prunePlanText(plan: PrunePlan, context: Pick<Context, 'now'>): string {
  const { job, delete: going, keep, risks, freedBytes } = plan
  const what =
    going.length === 0
      ? 'no savepoint would be deleted'
      : `${savepoints(going.length)} would be deleted, ${humanSize(freedBytes)} in all`
  const parts = [
    `${plain(printedName(job))}: ${what}\n`,
    going.length > 0 && `Delete:\n${indented(deletionTable(going, context))}`,
    keep.length > 0 && `Keep:\n${indented(keptTable(keep, context))}`,
    risks.length > 0 && `Risks:\n${items(risks)}`,
  ]
  return parts.filter(part => part !== false).join('\n')
}

function savepoints(number: number): string {
  return number === 1 ? '1 savepoint' : `${number} savepoints`
}

function deletionTable(going: readonly PlannedDeletion[], { now }: Pick<Context, 'now'>): string {
  return table(
    ['NAME', 'AGE', 'SIZE', 'FILES', 'SHARED', 'VIA', 'LOCATION'],
    going.map(({ name, completedAt, bytes, files, sharedFiles, via, location }) => [
      cell(name ?? '-'),
      age(completedAt, now),
      humanSize(bytes),
      String(files),
      sharedFiles === undefined ? '-' : String(sharedFiles),
      via,
      cell(location),
    ]),
  )
}

function keptTable(keep: readonly KeptSavepoint[], { now }: Pick<Context, 'now'>): string {
  return table(
    ['NAME', 'AGE', 'LOCATION', 'WHY'],
    keep.map(({ name, completedAt, location, reasons }) => [
      cell(name ?? '-'),
      age(completedAt, now),
      cell(location),
      cell(reasons.join('; ')),
    ]),
  )
}

/** What `prune` did. */
export function pruneText(
  { job, items: pruned, freedBytes }: Prune,
  { noHeaders }: Pick<Context, 'noHeaders'>,
): string {
  const deleted = pruned.filter(({ state }) => state === 'Deleted').length
  const first = `${plain(printedName(job))}: ${savepoints(deleted)} deleted, ${humanSize(freedBytes)} freed\n`
  const rows = pruned.map(({ state, freedBytes: bytes, via, location, reason }) => [
    state,
    humanSize(bytes),
    via ?? '-',
    cell(location),
    cell(reason ?? '-'),
  ])
  const rest = table(['STATE', 'FREED', 'VIA', 'LOCATION', 'REASON'], rows, !noHeaders)
  return rest === '' ? first : `${first}\n${rest}`
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}
