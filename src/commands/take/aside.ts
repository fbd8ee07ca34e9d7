import { Failure } from '../../domain/failure.ts'
import type { Person } from '../../domain/ports.ts'

/** One of many jobs, as it is named in what is said of it. */
export interface Spoken {
  /** `flinkcluster/orders` */
  readonly shown: string
  /** Where jobs of several namespaces are spoken of. */
  readonly namespace?: string
}

/** `flinkcluster/orders -n shop`: as one would type it. */
export function spokenName({ shown, namespace }: Spoken): string {
  return namespace === undefined ? shown : `${shown} -n ${namespace}`
}

/** What is said of one job beside what is said of others: with its name, where it does not have that yet. */
export function about(job: Spoken, text: string): string {
  const name = spokenName(job)
  if (text.includes(name) || (job.namespace === undefined && isNamed(job, text))) return text
  if (text.includes(job.shown)) return text.replace(job.shown, () => name)
  const [, start = '', rest = text] = /^((?:error|Warning): )(.*)$/s.exec(text) ?? []
  return `${start}${name}: ${rest}`
}

/** kubectl's errors quote the bare name. */
function isNamed({ shown }: Spoken, text: string): boolean {
  return text.includes(`"${shown.replace(/^.*\//, '')}"`)
}

/** The same failure in words that name the job. */
export function aboutFailure(
  job: Spoken,
  { code, message, hints, status, cause, uncertain }: Failure,
): Failure {
  const more = hints.map(hint => (hint.includes('kubectl ') ? hint : about(job, hint)))
  return new Failure(code, about(job, message), { hints: more, cause, uncertain, ...(status && { status }) })
}

/** The person, to whom one of many jobs speaks. They are asked one question at a time. */
export function asideOf(person: Person): (job: Spoken) => Person {
  let last: Promise<unknown> = Promise.resolve()
  return job => ({
    ...person,
    warn: text => person.warn(about(job, text)),
    tell: text => person.tell(about(job, text)),
    confirm(text, signal) {
      const answer = last.then(() => (signal?.aborted ? undefined : person.confirm(about(job, text), signal)))
      last = answer.catch(() => undefined)
      return answer
    },
  })
}
