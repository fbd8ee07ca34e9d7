import { humanDuration } from '../domain/duration.ts'
import type { Change, ChangePlan, RestorePlan, TakePlan } from '../domain/plan.ts'
import { printedName, type ResourceRef } from '../domain/resource.ts'
import type { RestoreTarget } from '../domain/savepoint.ts'
import type { Context } from './context.ts'
import { json } from './json.ts'
import { item, items } from './lines.ts'
import { cell, plain } from './plain.ts'
import { table } from './table.ts'

/** `take --dry-run`. */
export function takePlanText({ job, via, changes }: TakePlan): string {
  const first = `${nameOf(job)} savepoint would be requested by ${plain(via)} (dry run)\n`
  return changes.length === 0 ? first : `${first}\n${changeTable(changes)}`
}

const become = {
  change: 'restored from',
  recreate: 'deleted, and created again from',
  create: 'created, and started from',
} as const

/** `restore --dry-run`, and what is shown before the question. */
export function restorePlanText(plan: RestorePlan, { now }: Pick<Context, 'now'>): string {
  const { job, way, savepoint } = plan
  const first = `${nameOf(job)} would be ${become[way ?? 'change']} ${plain(savepoint.location)}\n`
  return sections(`${first}${facts(savepoint, now)}`, plan)
}

/** `stop --dry-run` and `auto --dry-run`, and what is shown before the question. `would`: what becomes of the job. */
export function changePlanText(plan: ChangePlan, would: string): string {
  return sections(`${nameOf(plan.job)} ${would}\n`, plan)
}

function sections(head: string, { steps, changes, risks }: Omit<ChangePlan, 'job'>): string {
  const parts = [
    head,
    steps.length > 0 && `Steps:\n${steps.map((step, i) => `  ${i + 1}. ${item(step)}\n`).join('')}`,
    changes.length > 0 && `Changes:\n${indented(changeTable(changes))}`,
    risks.length > 0 && `Risks:\n${items(risks)}`,
  ]
  return parts.filter(part => part !== false).join('\n')
}

/** What is known of the savepoint itself: its age, and who told its location. */
function facts({ completedAt, sources }: RestoreTarget, now: number): string {
  const at = Date.parse(completedAt ?? '')
  const known = [
    !Number.isNaN(at) && `completed ${humanDuration(now - at)} ago`,
    sources && sources.length > 0 && `known from ${sources.join(', ')}`,
  ].filter(fact => typeof fact === 'string')
  return known.length > 0 ? `  ${known.join('; ')}\n` : ''
}

function changeTable(changes: readonly Change[]): string {
  return table(
    ['FIELD', 'FROM', 'TO'],
    changes.map(({ path, from, to }) => [cell(path), shown(from), shown(to)]),
  )
}

function shown(value: unknown): string {
  if (value === undefined) return '<none>'
  return typeof value === 'string' ? cell(value) : json(value, 0)
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}

function nameOf(job: Pick<ResourceRef, 'apiVersion' | 'kind' | 'name'>): string {
  return plain(printedName(job))
}
