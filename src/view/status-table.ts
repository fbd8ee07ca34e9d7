import { styleText } from 'node:util'
import { humanDuration } from '../domain/duration.ts'
import type { JobStatus, Unknown } from '../domain/job-status.ts'
import { shortName } from '../domain/resource.ts'
import { age } from './age.ts'
import { every, next } from './automatic.ts'
import type { Context } from './context.ts'
import { missing } from './missing.ts'
import { cell } from './plain.ts'
import { table } from './table.ts'

interface Column {
  readonly head: string
  cell(status: JobStatus, context: Context): string
}

const namespace: Column = { head: 'NAMESPACE', cell: ({ job }) => cell(job.namespace) }
const name: Column = { head: 'NAME', cell: ({ job }) => cell(job.name) }
const kindAndName: Column = { head: 'NAME', cell: ({ job }) => cell(shortName(job)) }

const narrow: readonly Column[] = [
  { head: 'STATE', cell: stateCell },
  {
    head: 'SAVEPOINT',
    cell: (status, { now }) => pointCell(status, 'lastSavepoint', now),
  },
  { head: 'CHECKPOINT', cell: (status, { now }) => pointCell(status, 'lastCheckpoint', now) },
  {
    head: 'AUTO',
    cell: ({ automatic }) =>
      automatic?.schedule === undefined ? every(automatic?.everySeconds) : 'scheduled',
  },
  { head: 'RESTART-POINT', cell: (status, { now }) => pointCell(status, 'restartPoint', now) },
]

const wide: readonly Column[] = [
  {
    head: 'AT-RISK',
    cell: ({ atRiskMillis: ms }) => (ms === undefined ? '<unknown>' : humanDuration(ms)),
  },
  { head: 'NEXT', cell: ({ automatic }, { now }) => (automatic ? next(automatic.nextAt, now) : '<none>') },
  { head: 'ON-FAILURE', cell: ({ onFailure }) => onFailure },
  { head: 'STARTED-FROM', cell: ({ origin }) => cell(origin?.location ?? '<none>') },
  { head: 'LOCATION', cell: ({ restartPoint }) => cell(restartPoint?.location ?? '<none>') },
]

const problem: Column = { head: 'PROBLEM', cell: ({ problems }) => firstOf(problems) }
/** What is not known is explained where there is room for it. */
const allProblems: Column = {
  head: 'PROBLEM',
  cell: ({ problems, unknown }) => cell([...problems, ...worthTelling(unknown)].join('; ')) || '<none>',
}

/** What was not asked is so for all jobs, and no news of one. */
function worthTelling(unknown: readonly Unknown[]): string[] {
  return unknown.filter(({ reason }) => reason !== 'NotAsked').map(({ message }) => message)
}

/** One line a job. */
export function statusTable(
  items: readonly JobStatus[],
  options: { readonly wide: boolean; readonly severalKinds: boolean },
  context: Context,
): string {
  const differ = (of: (status: JobStatus) => string) => new Set(items.map(of)).size > 1
  const columns = [
    ...(context.allNamespaces || differ(({ job }) => job.namespace) ? [namespace] : []),
    options.severalKinds || differ(({ job }) => job.kind) ? kindAndName : name,
    ...narrow,
    ...(options.wide ? [...wide, allProblems] : [problem]),
  ]
  return table(
    columns.map(({ head }) => head),
    items.map(status => columns.map(column => column.cell(status, context))),
    !context.noHeaders,
    context.above,
  )
}

function pointCell(status: JobStatus, field: Unknown['field'], now: number): string {
  const point = status[field]
  if (status.session) return '-'
  return point === undefined ? missing(status, field) : age(point.completedAt, now)
}

const longestProblem = 60

/** The first of them, short enough for a line; how many there are besides. */
function firstOf(problems: readonly string[]): string {
  const [first, ...others] = problems
  if (first === undefined) return '<none>'
  const text = cell(first)
  const cut = text.length > longestProblem ? `${text.slice(0, longestProblem - 3).trimEnd()}...` : text
  return others.length > 0 ? `${cut} (+${others.length})` : cut
}

function stateCell({ state, session }: JobStatus, { colour }: Context): string {
  if (session) return 'Session'
  const text = cell(state) || '<none>'
  if (!colour) return text
  if (text === 'Running') return styleText('green', text, { validateStream: false })
  return /^(Failed|DeployFailed|Lost)$/.test(text) ? styleText('red', text, { validateStream: false }) : text
}
