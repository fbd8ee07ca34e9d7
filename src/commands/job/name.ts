import { failure } from '../../domain/failure.ts'
import type { JobKind } from '../../domain/job.ts'
import { jobOperators } from '../../operators/index.ts'

/** A job as it was named: a bare NAME is looked for among all kinds. */
export interface JobName {
  readonly kind?: JobKind
  readonly name: string
}

/** The kinds of jobs that commands can be about. */
export const jobKinds: readonly JobKind[] = jobOperators.map(({ kind }) => kind)

/** The kind that a word means, in any case, with or without version and group (`fc`, `flinkclusters.v1beta1.flinkoperator.k8s.io`). */
export function jobKind(word: string): JobKind | undefined {
  return kindAmong(jobKinds, word)
}

/** One job, `NAME` or `KIND/NAME`. */
export function parseJob(word: string): JobName {
  const slash = word.indexOf('/')
  if (slash < 0) return { name: checkedName(word) }
  const kindWord = word.slice(0, slash)
  const name = word.slice(slash + 1)
  if (kindWord === '' || name === '') {
    throw failure('usage', 'arguments in resource/name form must have a single resource and name')
  }
  return { kind: jobKind(kindWord) ?? unknownKind(kindWord), name: checkedName(name) }
}

/** All words are jobs: `NAME…`, `KIND/NAME…` or, as kubectl has it, `KIND NAME…`. */
export function parseJobs(words: readonly string[]): readonly JobName[] {
  const [first, ...names] = words
  const kind = first === undefined || names.length === 0 ? undefined : jobKind(first)
  if (!kind) return words.map(parseJob)
  if (names.some(name => name.includes('/'))) {
    throw failure(
      'usage',
      "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl flinksp history flinkcluster/orders' instead of 'kubectl flinksp history flinkcluster flinkcluster/orders')",
    )
  }
  return names.map(name => ({ kind, name: checkedName(name) }))
}

function kindAmong(kinds: readonly JobKind[], word: string): JobKind | undefined {
  const [, name, , group] =
    /^([^.]+)(\.v\d+(?:(?:alpha|beta)\d+)?)?(?:\.(.+))?$/.exec(word.toLowerCase()) ?? []
  return kinds.find(
    kind => name !== undefined && kind.words.includes(name) && (group ?? kind.group) === kind.group,
  )
}

/** A name becomes part of an address: what Kubernetes refuses in any object's name is refused here, in kubectl's words. */
function checkedName(name: string): string {
  const wrong = [...'/%'].find(character => name.includes(character))
  if (wrong)
    throw failure('usage', `invalid resource name ${JSON.stringify(name)}: [may not contain '${wrong}']`)
  if (name === '.' || name === '..')
    throw failure('usage', `invalid resource name "${name}": [may not be '${name}']`)
  if (!/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(name)) {
    throw failure('usage', `invalid resource name ${JSON.stringify(name.slice(0, 300))}`)
  }
  return name
}

function unknownKind(word: string): never {
  const known = jobKinds.map(({ kind }) => kind).join(', ')
  throw failure('usage', `${JSON.stringify(word.slice(0, 300))} is no kind of job that is known: ${known}`)
}
