import type { JobFacts } from '../domain/job.ts'
import { uninquired } from '../operators/job-operator.ts'
import { factsOf, type Subject } from './which-operator.ts'

/** What those who know the operator of a job say of it. */
export interface Opinion {
  readonly facts: JobFacts
  readonly problems: readonly string[]
  readonly cannotTake?: string
}

/** Asks nothing of anybody outside. */
export async function opinionOf(subject: Subject, now: number): Promise<Opinion> {
  const { resource, operator, build } = subject
  const facts = factsOf(subject)
  const [automating, diagnosing] = await Promise.all([operator.automating(), operator.diagnosing()])
  const problems = [...diagnosing.problems(facts, build), ...automating.problems(resource, facts, build, now)]
  const cannotTake = await refusalToTake(subject, facts)
  return { facts, problems, ...(cannotTake !== undefined && { cannotTake }) }
}

/** Why `take` would refuse at once. Which way it would go is not asked, so nobody is asked what the user may do. */
async function refusalToTake({ operator, build }: Subject, facts: JobFacts): Promise<string | undefined> {
  if (facts.session) return undefined
  const taking = await operator.taking()
  const way = await taking.choose(facts, build, { via: 'auto', forFlink: false }, uninquired)
  return 'failure' in way ? reasonIn(way.failure.message, facts) : undefined
}

/** Beside the job's name, its name is not said again. */
function reasonIn(message: string, { shown }: JobFacts): string {
  const prefix = `error: cannot take a savepoint of ${shown}: `
  return message.startsWith(prefix) ? message.slice(prefix.length) : message.replace(/^error: /, '')
}
