import { Failure, failure } from '../../domain/failure.ts'
import type { InspectedFile } from '../../domain/inspection.ts'
import type { FileStatus, Places } from '../../domain/places.ts'
import { FoundFile, type NeededFile } from '../../savepoint/needed-file.ts'
import { inTurn } from '../job/in-turn.ts'

/** So many files are looked for at once. */
const atOnce = 32

/** A file system that has failed so often in a row is not asked any more: each of its files may take until a time-out. */
const mostFailures = 8

/** Each file that a savepoint needs, as it is found. */
export async function lookForFiles(
  needed: readonly NeededFile[],
  places: Pick<Places, 'status'>,
  interrupted: AbortSignal,
): Promise<InspectedFile[]> {
  const statusOf = statuses(places)
  return await inTurn(needed, atOnce, async file => {
    if (interrupted.aborted) throw failure('interrupted', 'interrupted')
    return asFound(file, await statusOf(file.location))
  })
}

/** Why it is not known what lies at a location. */
interface Unknown {
  readonly reason: string
}

function asFound(file: NeededFile, found: FileStatus | Unknown | undefined): InspectedFile {
  if (found === undefined) return new FoundFile(file, { state: 'missing' })
  if ('reason' in found) return new FoundFile(file, { state: 'unknown', reason: found.reason })
  if (found.kind !== 'file') return new FoundFile(file, { state: 'missing' })
  const { sizeBytes: foundBytes } = found
  if (foundBytes === undefined) return new FoundFile(file, { state: 'present' })
  const asSaid = file.sizeBytes === undefined || file.sizeBytes === foundBytes
  return new FoundFile(file, { state: asSaid ? 'present' : 'wrong size', foundBytes })
}

function statuses(
  places: Pick<Places, 'status'>,
): (location: string) => Promise<FileStatus | Unknown | undefined> {
  const failures = new Map<string, number>()
  const given = new Map<string, Unknown>()
  return async location => {
    const system = fileSystemOf(location)
    const unknown = given.get(system)
    if (unknown) return unknown
    try {
      const found = await places.status(location)
      failures.set(system, 0)
      return found
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'not-asked') throw error
      const reason = reasonOf(error, location)
      const number = (failures.get(system) ?? 0) + 1
      failures.set(system, number)
      if (number >= mostFailures)
        given.set(system, { reason: `not looked for after ${number} failures: ${reason}` })
      return { reason }
    }
  }
}

/** `s3://bucket` */
function fileSystemOf(location: string): string {
  return /^[A-Za-z][A-Za-z0-9+.-]+:(\/\/[^/]*)?/.exec(location)?.[0] ?? ''
}

/** The Failure names the location; whoever reads the reason sees it already. */
function reasonOf({ message }: Failure, location: string): string {
  return message.replace(/^error: /, '').replace(`cannot read ${location}: `, '')
}

/** That the savepoint is not whole, or that this is not known; undefined: all its files are there. */
export function incompleteness(files: readonly InspectedFile[], location: string): Failure | undefined {
  const numberOf = (state: InspectedFile['state']) => files.filter(file => file.state === state).length
  const [missing, wrong, unknown] = [numberOf('missing'), numberOf('wrong size'), numberOf('unknown')]
  const what = [
    ...(missing > 0 ? [`${missing} missing`] : []),
    ...(wrong > 0 ? [`${wrong} of the wrong size`] : []),
  ]
  if (what.length > 0)
    return failure('no', `${location} is not whole: of ${files.length} files it needs, ${what.join(' and ')}`)
  if (unknown === 0) return undefined
  return failure(
    'not-asked',
    `it is not known whether ${location} is whole: of ${files.length} files it needs, ${unknown} could not be looked for`,
  )
}
