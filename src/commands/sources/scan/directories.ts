import { Failure } from '../../../domain/failure.ts'
import type { JobFacts } from '../../../domain/job.ts'
import { isBelow, normalisedLocation, sameLocation } from '../../../domain/location.ts'
import type { World } from '../../../domain/ports.ts'
import type { Savepoint, SourceName } from '../../../domain/savepoint.ts'

/** What of a job tells where its savepoints are written. */
export type ScannedFacts = Pick<JobFacts, 'job' | 'shown' | 'rest' | 'running' | 'directory' | 'flinkJobId'>

const restMs = 5_000
const mostDirectories = 20

/** Who says where a savepoint lies: a record may have been written by anybody, and revisions name what others took. */
const believed: readonly SourceName[] = ['status', 'snapshots', 'rest']

/**
 * Where a job writes its savepoints: the directory that its object names, else Flink's own default, and where those lie that were
 * written elsewhere (`take --target-directory`).
 */
export async function directoriesOf(
  world: World,
  facts: ScannedFacts,
  savepoints: readonly Savepoint[],
): Promise<string[]> {
  const own = facts.directory ?? (await defaultDirectory(world, facts))
  const parents = savepoints
    .filter(({ sources, type, origin, location }) => {
      return location !== undefined && type === 'savepoint' && !origin && sources.some(isBelieved)
    })
    .flatMap(({ location }) => parentOf(location ?? '') ?? [])
  const all = [...(own === undefined ? [] : [withoutEntropy(own)]), ...parents]
  const outermost = all.filter(
    (each, at) =>
      all.every(other => !isBelow(each, other)) && all.findIndex(other => sameLocation(other, each)) === at,
  )
  return outermost.slice(0, mostDirectories)
}

function isBelieved(source: SourceName): boolean {
  return believed.includes(source)
}

/** The key that Flink replaces by random characters in the names of data files stands in no name of `_metadata` (flink-core EntropyInjector). */
export function withoutEntropy(directory: string): string {
  return directory.replace(/(?<=\/)[^/]*_entropy_[^/]*(\/|$)/g, part => {
    const rest = part.replaceAll('_entropy_', '')
    return rest === '/' ? '' : rest
  })
}

/** undefined: it would be the root of a file system. */
export function parentOf(location: string): string | undefined {
  const whole = location.replace(/\/+_metadata\/*$/, '').replace(/\/+$/, '')
  const parent = whole.replace(/\/+[^/]*$/, '')
  const path = normalisedLocation(parent).replace(/^[a-z][a-z0-9+.-]*:(\/\/[^/]*)?/, '')
  return parent === whole || path === '' ? undefined : parent
}

/** Flink's own, where the job runs and answers. */
async function defaultDirectory(world: World, { rest, running }: ScannedFacts): Promise<string | undefined> {
  if (!running) return undefined
  try {
    const flink = await world.rest(rest, 'proxy')
    try {
      const answer = await flink.ask(
        { ask: 'default-directory' },
        { timeoutMs: restMs, signal: world.interrupted },
      )
      return answer.answer === 'default-directory' ? answer.directory : undefined
    } finally {
      await flink.close()
    }
  } catch (error) {
    if (error instanceof Failure && error.code === 'not-asked') return undefined
    throw error
  }
}
