import { Failure } from '../../domain/failure.ts'
import { normalisedLocation } from '../../domain/location.ts'
import type { Cluster, ServedKind, World } from '../../domain/ports.ts'
import type { Resource } from '../../domain/resource.ts'
import type { JobRef, Savepoint } from '../../domain/savepoint.ts'
import { savepointsOfRecord } from '../../history/from-record.ts'
import { savepointsOfStatus } from '../../history/from-status.ts'
import type { Owner } from '../../history/owners.ts'
import { operatorOf } from '../../operators/index.ts'
import { collected, type Uses, usesOfOther } from '../../prune/uses.ts'
import { jobKinds } from '../job/name.ts'
import { servedAmong } from '../job/served-kinds.ts'
import { listRecords } from '../sources/list-records.ts'
import { listSnapshots } from '../sources/list-snapshots.ts'
import { withoutEntropy } from '../sources/scan/directories.ts'

/** All other jobs of the cluster, as far as they may need a savepoint of this one. */
export interface Users {
  readonly owners: readonly Owner[]
  readonly uses: readonly Uses[]
  /** Where their savepoints lie. */
  readonly locations: readonly string[]
}

const nobody: Users = { owners: [], uses: [], locations: [] }

/** Without a look at all jobs nothing is deleted, unless that there are no others is `assumed`. */
export async function otherUsers(
  { person, clock }: World,
  cluster: Cluster,
  job: JobRef,
  assumed: boolean,
): Promise<Users> {
  const warn = (text: string) => person.warn(text)
  try {
    // Not as remembered: a kind installed since may have jobs that need what is to be deleted.
    const kinds = await servedAmong(cluster, jobKinds, 'asked')
    const found = await Promise.all(kinds.map(kind => usersOf(cluster, kind, job)))
    const recorded: string[] = []
    for await (const { job: of, record } of listRecords(cluster, kinds, undefined, {
      warn,
      now: clock.now(),
    }))
      if (!isSame(of, job)) recorded.push(...locationsOf(savepointsOfRecord(record, of)))
    const snapshots = await listSnapshots(cluster, kinds, undefined, text => warn(`Warning: ${text}`))
    const owners = found.flatMap(each => each.owners)
    const snapped = owners.flatMap(owner => locationsOf(snapshots.of({ job: owner.job })))
    return {
      owners,
      uses: [...found.flatMap(each => each.uses), alsoKnown([...recorded, ...snapped])],
      locations: unique([...found.flatMap(each => each.locations), ...recorded, ...snapped]),
    }
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'not-asked') throw error
    if (assumed) {
      person.warn(`Warning: other jobs are not looked at: ${error.message}`)
      return nobody
    }
    throw refused(error)
  }
}

function refused(error: Failure): Failure {
  return new Failure(error.code, error.message, {
    hints: [
      ...error.hints,
      'nothing is deleted unless the jobs of all namespaces can be listed: another may need its savepoints',
      'if you know that none does: --assume-no-other-users',
    ],
    cause: error,
    ...(error.status && { status: error.status }),
  })
}

async function usersOf(cluster: Cluster, kind: ServedKind, job: JobRef): Promise<Users> {
  const all: { owners: Owner[]; uses: Uses[]; locations: string[] } = { owners: [], uses: [], locations: [] }
  for await (const { items } of cluster.list(kind, undefined)) {
    for (const item of items) {
      if (item.metadata.uid === job.uid) continue
      const user = userOf(item)
      all.owners.push(user.owner)
      all.uses.push(user.uses)
      all.locations.push(...user.locations)
    }
  }
  return all
}

function userOf(resource: Resource) {
  const facts = operatorOf(resource).read(resource)
  const { job, flinkJobId, directory, restartPoint, statusFromSavepoint, specFromSavepoint } = facts
  const named = [restartPoint, statusFromSavepoint, specFromSavepoint].filter(each => each !== undefined)
  const owner: Owner = {
    job,
    flinkJobIds: flinkJobId === undefined ? [] : [flinkJobId],
    directories: directory === undefined ? [] : [withoutEntropy(directory)],
  }
  const locations = [...named, ...locationsOf(savepointsOfStatus(facts))]
  return { owner, uses: usesOfOther(facts), locations }
}

function alsoKnown(locations: readonly string[]): Uses {
  return collected(locations.map(location => [location, 'another job has it in its history, too']))
}

function locationsOf(savepoints: readonly Savepoint[]): string[] {
  return savepoints.flatMap(({ location, gone }) => (location !== undefined && !gone ? [location] : []))
}

function unique(locations: readonly string[]): string[] {
  return [...new Map(locations.map(each => [normalisedLocation(each), each])).values()]
}

function isSame(one: Omit<JobRef, 'uid'>, other: JobRef): boolean {
  return one.kind === other.kind && one.namespace === other.namespace && one.name === other.name
}
