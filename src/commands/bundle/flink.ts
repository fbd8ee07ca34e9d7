import type { JobFacts } from '../../domain/job.ts'
import type { FlinkRest, World } from '../../domain/ports.ts'
import type { RestAnswer, RestJobPage, RestPage, RestQuestion } from '../../domain/rest.ts'
import { inTurn } from '../job/in-turn.ts'
import { type Gathered, sought, together } from './gathered.ts'

const timeoutMs = 5_000
/** So many questions at once. */
const atOnce = 3

interface Page {
  readonly path: string
  readonly what: string
  readonly question: RestQuestion
}

/** Flink's own pages, as it says them. Where the first is not answered, the others are not asked. */
export async function gatherFlink(world: World, facts: JobFacts): Promise<Gathered> {
  const [first, ...others] = pagesOf(facts)
  if (!first) return together([])
  const opened = await sought(world, "Flink's REST API", () => world.rest(facts.rest, 'any'))
  if ('missing' in opened) return { parts: [], missing: [opened.missing] }
  const rest = opened.found
  try {
    const answer = await asked(world, rest, first)
    if (answer.answer === 'unreachable')
      return { parts: [], missing: [{ what: "Flink's REST API", reason: answer.reason }] }
    const answers = await inTurn(others, atOnce, page => asked(world, rest, page))
    return together([first, ...others].map((page, at) => gathered(page, [answer, ...answers][at])))
  } finally {
    await rest.close()
  }
}

function pagesOf({ flinkJobId: jobId }: JobFacts): readonly Page[] {
  const pages = clusterPages.map(page => ({
    path: `flink/${page.replace('/', '-')}.json`,
    what: `Flink's /${page}`,
    question: { ask: 'page' as const, page },
  }))
  if (jobId === undefined) return pages
  const ofJob = jobPages.map(page => ({
    path: `flink/job${page && `-${page.replace('/', '-')}`}.json`,
    what: `Flink's /jobs/${jobId}${page && `/${page}`}`,
    question: { ask: 'job-page' as const, page, jobId },
  }))
  return [...pages, ...ofJob]
}

const clusterPages: readonly RestPage[] = ['config', 'overview', 'jobs/overview', 'jobmanager/config']
const jobPages: readonly RestJobPage[] = ['', 'config', 'checkpoints', 'checkpoints/config', 'exceptions']

function asked({ interrupted }: World, rest: FlinkRest, { question }: Page): Promise<RestAnswer> {
  return rest.ask(question, { timeoutMs, signal: interrupted })
}

function gathered({ path, what }: Page, answer: RestAnswer | undefined): Gathered {
  if (answer?.answer === 'page')
    return { parts: [{ path, what, content: { json: answer.body } }], missing: [] }
  const reason = answer && 'reason' in answer ? answer.reason : 'it answered another question'
  return { parts: [], missing: [{ what, reason }] }
}
