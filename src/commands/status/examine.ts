import type { JobFacts } from '../../domain/job.ts'
import { uninquired } from '../../operators/job-operator.ts'
import { factsOf, type Subject } from '../job/which-operator.ts'

/** What those who know the operator of a job say of it. */
export interface Opinion {
  readonly facts: JobFacts
  readonly problems: readonly string[]
  readonly cannotTake?: string
  /** A savepoint is taken by Flink alone, where Flink says where to. */
  readonly throughFlink: boolean
}

/** Asks nothing of anybody outside. */
export async function opinionOf(subject: Subject, now: number): Promise<Opinion> {
  const { resource, operator, build } = subject
  const facts = factsOf(subject)
  const [automating, diagnosing] = await Promise.all([operator.automating(), operator.diagnosing()])
  const problems = [...diagnosing.problems(facts, build), ...automating.problems(resource, facts, build, now)]
  return { facts, problems, ...(await wayToTake(subject, facts)) }
}

/** Whether `take` would refuse at once. Which way it would go is not asked, so nobody is asked what the user may do. */
async function wayToTake(
  { operator, build }: Subject,
  facts: JobFacts,
): Promise<Pick<Opinion, 'cannotTake' | 'throughFlink'>> {
  if (facts.session) return { throughFlink: false }
  const taking = await operator.taking()
  const way = await taking.choose(facts, build, { via: 'auto', forFlink: false }, uninquired)
  if ('failure' in way) return { throughFlink: false, cannotTake: reasonIn(way.failure, facts) }
  return { throughFlink: way.way === 'rest' }
}

/** Beside the job's name, its name is not said again. */
export function reasonIn({ message }: Error, { shown }: JobFacts): string {
  const prefix = `error: cannot take a savepoint of ${shown}: `
  return message.startsWith(prefix) ? message.slice(prefix.length) : message.replace(/^error: /, '')
}
