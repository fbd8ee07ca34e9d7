import { Failure } from '../../domain/failure.ts'
import { refusedWith, type ServedKind } from '../../domain/ports.ts'

/**
 * What is asked of each of several kinds, at once. A kind that the user may not list, or that is gone since it was found, is
 * a warning or nothing where nobody has named it and others answer; where none does, the first refusal counts.
 */
export async function ofKinds<Answer>(
  kinds: readonly ServedKind[],
  ask: (kind: ServedKind) => Promise<Answer>,
  warn: (text: string) => void,
): Promise<Answer[]> {
  const answers = await Promise.all(kinds.map(kind => ask(kind).catch(orRefusal)))
  const refusals = answers.filter(answer => answer instanceof Failure)
  const [first] = refusals
  if (first && refusals.length === kinds.length) throw first
  for (const [at, answer] of answers.entries())
    if (answer instanceof Failure && refusedWith(answer, 403))
      warn(`Warning: ${kinds[at]?.plural} are not in this list: ${answer.message}`)
  return answers.filter((answer): answer is Exclude<typeof answer, Failure> => !(answer instanceof Failure))
}

function orRefusal(error: unknown): Failure {
  if (error instanceof Failure && (refusedWith(error, 403) || refusedWith(error, 404))) return error
  throw error
}
