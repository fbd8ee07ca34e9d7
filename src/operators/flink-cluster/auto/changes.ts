import { fieldsAt, flagAt } from '../../../domain/fields.ts'
import type { Change } from '../../../domain/plan.ts'
import type { Write } from '../../../domain/ports.ts'
import { refOf } from '../../../domain/resource.ts'
import type { AutomaticWish } from '../../job-operator.ts'
import { misspelledFields, rightSpelling } from './automatic.ts'

/** One field of spec.job as the patch sets it; `to` undefined: it is removed. */
interface JobField {
  readonly name: string
  readonly to: unknown
}

/** What the wish says of each field, whether or not it stands there already. */
function wished(wish: AutomaticWish): JobField[] {
  const { everySeconds, directory, onFailure, maxStateAgeSeconds } = wish
  const fields: (JobField | undefined)[] = [
    everySeconds === undefined
      ? undefined
      : { name: 'autoSavepointSeconds', to: everySeconds === 'off' ? undefined : everySeconds },
    directory === undefined ? undefined : { name: 'savepointsDir', to: directory },
    onFailure === undefined ? undefined : { name: 'restartPolicy', to: policies[onFailure] },
    maxStateAgeSeconds === undefined
      ? undefined
      : { name: 'maxStateAgeToRestoreSeconds', to: maxStateAgeSeconds },
  ]
  return fields.filter(field => field !== undefined)
}

const policies = { restore: 'FromSavepointOnFailure', stop: 'Never' } as const

/** What the patch changes: only what is not so already, and what has to go with it. */
function fieldsOf(wish: AutomaticWish): JobField[] {
  const own = wished(wish)
  const different = own.filter(field => !isSo(wish, field))
  const further = different.some(isOfRevision) ? withRestart(wish) : []
  const written = new Set([...own, ...further].map(({ name }) => name))
  return [...different, ...further.filter(field => !isSo(wish, field)), ...misspelled(wish, written)]
}

/** The policy is no part of a revision, so it restarts nothing (both operators, newRevision); every other setting is. */
function isOfRevision({ name }: JobField): boolean {
  return name !== 'restartPolicy'
}

function isSo(wish: AutomaticWish, { name, to }: JobField): boolean {
  const from = fieldsAt(wish.resource.spec, 'job')[name]
  if (name === 'restartPolicy') return (from ?? policies.stop) === to
  return from === to
}

/**
 * A value that was left from an earlier restore would win over every newer savepoint (seen on GCP tag -9 and Spotify
 * v0.6), so a patch that restarts the job takes it away, or puts a fresher savepoint in its place.
 */
function withRestart(wish: AutomaticWish): JobField[] {
  const { taken, facts } = wish
  const fromSavepoint = {
    name: 'fromSavepoint',
    to: startsFromTaken(wish) ? (taken ?? placeholder) : undefined,
  }
  // The operator reads the value of this field without looking whether there is one (GoogleCloudPlatform/flink-on-k8s-operator#408).
  const crashes = wish.build === 'gcp-master' && facts.running && upgradeFlag(wish) === undefined
  return [fromSavepoint, ...(crashes ? [{ name: 'takeSavepointOnUpgrade', to: false }] : [])]
}

function upgradeFlag({ resource }: AutomaticWish): boolean | undefined {
  return flagAt(resource.spec, 'job', 'takeSavepointOnUpgrade')
}

/** In a plan, where the savepoint has not been taken yet. */
const placeholder = '(the savepoint that is taken first)'

/** Without an update savepoint of its own the operator starts from what it last recorded, which may be hours old (Spotify, api UpdateReady). */
export function startsFromTaken({ resource, build }: AutomaticWish): boolean {
  const own = flagAt(resource.spec, 'job', 'takeSavepointOnUpdate')
  return own === false && (build === 'spotify' || build === undefined)
}

function misspelled({ resource }: AutomaticWish, written: ReadonlySet<string>): JobField[] {
  return misspelledFields(fieldsAt(resource.spec, 'job'))
    .map(path => path.slice('spec.job.'.length))
    .filter(name => written.has(rightSpelling(name) ?? ''))
    .map(name => ({ name, to: undefined }))
}

/** For the plan. */
export function autoChanges(wish: AutomaticWish): Change[] {
  const job = fieldsAt(wish.resource.spec, 'job')
  return fieldsOf(wish).map(({ name, to }) => ({
    path: `spec.job.${name}`,
    ...(job[name] !== undefined && { from: job[name] }),
    ...(to !== undefined && { to }),
  }))
}

/** The change makes a new revision of the spec, for which the operator starts the job anew. */
export function restarts(wish: AutomaticWish): boolean {
  return wished(wish).some(field => isOfRevision(field) && !isSo(wish, field))
}

/** The one patch. It says fromSavepoint in any case where it restarts the job: somebody else may have set it since it was read. */
export function autoPatch(wish: AutomaticWish): Write {
  const { resource } = wish
  const fields = [
    ...(restarts(wish) ? [{ name: 'fromSavepoint', to: undefined }] : []),
    ...fieldsOf(wish),
  ].map(({ name, to }) => [name, to ?? null])
  return {
    verb: 'patch',
    ref: refOf(resource),
    type: 'merge',
    body: {
      metadata: { resourceVersion: resource.metadata.resourceVersion },
      spec: { job: Object.fromEntries(fields) },
    },
  }
}

const nonceAnnotation = 'flinksp/restart'

/**
 * The same change once more, for an operator that lost the first. A Lost job refuses every change without
 * fromSavepoint, and only something that is rendered makes the same values a change (both seen on Spotify v0.6).
 */
export function autoPatchAgain(wish: AutomaticWish, from: string, nonce: string): Write {
  const patch = autoPatch(wish)
  const job = { ...wishedValues(wish), fromSavepoint: from, podAnnotations: { [nonceAnnotation]: nonce } }
  const { resourceVersion } = wish.resource.metadata
  return { ...patch, body: { metadata: { resourceVersion }, spec: { job } } } as Write
}

function wishedValues(wish: AutomaticWish): Record<string, unknown> {
  return Object.fromEntries(wished(wish).map(({ name, to }) => [name, to ?? null]))
}
