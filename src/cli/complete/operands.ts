import type { Operand } from '../../commands/command.ts'
import type { Live } from '../../commands/complete/live.ts'
import type { Registry } from '../../commands/index.ts'
import { type JobName, jobKind, jobKinds, parseJob, parseJobs } from '../../commands/job/name.ts'
import type { Candidate } from '../../domain/candidate.ts'
import { topics } from '../parse.ts'
import { oneOf, unknown, type Wanted } from './wanted.ts'

/** What stands at the cursor, as far as it is typed; `before`: what of it is not part of a candidate. */
export interface Operands {
  readonly wanted: Wanted
  readonly before: string
}

/** What the next word of a command names, after these. Throws a usage Failure where one of them is no name. */
export async function nextOperand(
  operands: readonly Operand[],
  words: readonly string[],
  typed: string,
  registry: Registry,
): Promise<Operands> {
  const operand = operands[words.length] ?? (operands.at(-1) === 'jobs' ? 'jobs' : undefined)
  if (operand === undefined) return { wanted: unknown, before: '' }
  if (operand === 'command') return { wanted: oneOf(await commandCandidates(registry)), before: '' }
  if (operand === 'savepoint')
    return { wanted: live({ is: 'savepoint', job: parseJob(words[0] ?? '') }), before: '' }
  if (operand === 'place' && isPath(typed)) return { wanted: { is: 'file' }, before: '' }
  if (typeof operand !== 'string') return { wanted: oneOf(operand.map(word => ({ word }))), before: '' }
  return operand === 'jobs' ? oneOfJobs(words, typed) : job([], typed)
}

/** With what each does. */
export async function commandCandidates(registry: Registry): Promise<readonly Candidate[]> {
  return (await topics(registry)).map(({ name, summary }) => ({ word: name, description: summary }))
}

function live(what: Live, candidates: readonly Candidate[] = []): Wanted {
  return { is: 'live', live: what, candidates }
}

/** `KIND NAME…`, or jobs each with its kind or without. */
function oneOfJobs(words: readonly string[], typed: string): Operands {
  const [first] = words
  const kind = first === undefined ? undefined : jobKind(first)
  if (!kind) return job(words.map(parseJob), typed)
  const but = words.length > 1 ? parseJobs(words) : []
  return { wanted: live({ is: 'job', kind, but }), before: '' }
}

function job(but: readonly JobName[], typed: string): Operands {
  const slash = typed.indexOf('/')
  if (slash < 0) return { wanted: live({ is: 'job', but }, typed === '' ? [] : kindCandidates), before: '' }
  const kind = jobKind(typed.slice(0, slash))
  if (!kind) return { wanted: unknown, before: '' }
  return { wanted: live({ is: 'job', kind, but }), before: typed.slice(0, slash + 1) }
}

/** A kind is offered once something of it is typed: most jobs need none. */
const kindCandidates: readonly Candidate[] = jobKinds.map(({ kind }) => ({
  word: `${kind.toLowerCase()}/`,
  description: 'KIND/NAME',
}))

function isPath(typed: string): boolean {
  return /^(\/|\.|~)/.test(typed)
}
