import { type Failure, failure } from '../../domain/failure.ts'
import type { JobFacts } from '../../domain/job.ts'
import type { FlinkRest } from '../../domain/ports.ts'
import type { RestAnswer, RestJob } from '../../domain/rest.ts'
import { operatorOf } from '../../operators/index.ts'
import type { TakeWishes } from '../take/options.ts'

const restMs = 10_000

/** The Flink job that a take through Flink is about: the one that was named, else the one the operator runs. */
export async function flinkJobOf(facts: JobFacts, options: TakeWishes, rest: FlinkRest): Promise<string> {
  if (options.flinkJobId !== undefined) return options.flinkJobId
  if (options.flinkJobName === undefined && !facts.session) {
    if (facts.flinkJobId && facts.running) return facts.flinkJobId
    throw cannot(facts, `its job is not running (${facts.state || 'no state yet'})`)
  }
  const jobs = (await runningJobs(facts, rest)).filter(
    ({ name }) => options.flinkJobName === undefined || name === options.flinkJobName,
  )
  const [job, ...more] = jobs
  if (job && more.length === 0 && options.flinkJobName !== undefined) return job.id
  throw ambiguous(facts, options.flinkJobName, jobs)
}

/** Throws where Flink has no directory of its own to write to. */
export async function checkDirectory(facts: JobFacts, rest: FlinkRest): Promise<void> {
  const answer = await rest.ask({ ask: 'default-directory' }, { timeoutMs: restMs })
  if (answer.answer !== 'default-directory') throw unanswered(facts, answer)
  if (answer.directory === undefined)
    throw cannot(
      facts,
      `there is no ${operatorOf(facts.job).directoryField}, and Flink has no default directory for savepoints`,
      'give one: --target-directory DIR',
    )
}

async function runningJobs(facts: JobFacts, rest: FlinkRest): Promise<RestJob[]> {
  const answer = await rest.ask({ ask: 'jobs' }, { timeoutMs: restMs })
  if (answer.answer !== 'jobs') throw unanswered(facts, answer)
  return answer.jobs.filter(({ state }) => state === 'RUNNING')
}

function ambiguous(facts: JobFacts, name: string | undefined, jobs: readonly RestJob[]): Failure {
  const shown = jobs.slice(0, 10).map(job => `--job-id ${job.id}  # ${job.name}`)
  if (jobs.length === 0)
    return cannot(
      facts,
      name === undefined ? 'no Flink job runs there' : `no Flink job named "${name}" runs there`,
    )
  const why =
    name === undefined
      ? 'it is a session cluster: name the Flink job'
      : `${jobs.length} Flink jobs are named "${name}"`
  return cannot(facts, why, ...shown)
}

function unanswered(facts: JobFacts, answer: RestAnswer): Failure {
  const reason = 'reason' in answer ? answer.reason : 'an answer to another question'
  return cannot(facts, `Flink's REST API cannot be used: ${reason}`, 'give its address with --rest-url')
}

function cannot(facts: JobFacts, reason: string, ...hints: string[]): Failure {
  return failure('not-asked', `cannot take a savepoint of ${facts.shown}: ${reason}`, ...hints)
}
