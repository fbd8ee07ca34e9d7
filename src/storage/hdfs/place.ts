import { failure } from '../../domain/failure.ts'
import { type Fields, fieldsAt, integerAt, listAt, textAt } from '../../domain/fields.ts'
import type { FileStatus, Place } from '../../domain/places.ts'
import type { Connecting } from '../connecting.ts'
import { inTime } from '../patience.ts'
import { below } from '../places.ts'
import { openRanged } from '../ranged.ts'
import { refusal, type Verb } from '../reasons.ts'
import { type HdfsAddress, hdfsAddress } from './address.ts'
import { askerFor, type HdfsQuestion } from './ask.ts'
import { hadoopSettings } from './configuration.ts'
import { explain, isAbsent, isUnknownOperation } from './reasons.ts'

/** `hdfs:` over WebHDFS (or HttpFS): https://hadoop.apache.org/docs/stable/hadoop-project-dist/hadoop-hdfs/WebHDFS.html */
export async function hdfsPlace(connecting: Connecting): Promise<Place> {
  const asker = askerFor(connecting)
  // Whoever says where WebHDFS answers needs no configuration, and is not held up by one that cannot be read.
  const settings = connecting.env['FLINKSP_WEBHDFS_URL'] ? undefined : await hadoopSettings(connecting.env)
  const asking = (verb: Verb, location: string) => {
    const at = hdfsAddress(location, connecting.env, settings)
    return async <Answer>(
      work: (at: HdfsAddress, signal: AbortSignal) => Promise<Answer>,
    ): Promise<Answer> => {
      try {
        return await inTime(connecting, signal => work(at, signal))
      } catch (error) {
        throw refusal(verb, location, error, connecting.limitMs, explain)
      }
    }
  }
  const json = (verb: Verb, location: string, question: HdfsQuestion): Promise<Fields | undefined> =>
    asking(
      verb,
      location,
    )(async (at, signal) => {
      const answer = (asked: HdfsQuestion) => asker.json(at, asked, signal)
      try {
        return await answer(question).catch(error => {
          if (question.op !== 'LISTSTATUS_BATCH' || !isUnknownOperation(error)) throw error
          // Hadoop 2 has no pages.
          return answer({ op: 'LISTSTATUS' })
        })
      } catch (error) {
        if (isAbsent(error)) return undefined
        throw error
      }
    })

  const status = async (location: string): Promise<FileStatus | undefined> => {
    const found = await json('read', location, { op: 'GETFILESTATUS' })
    return found && statusOf(fieldsAt(found, 'FileStatus'), location)
  }
  const remove = async (location: string): Promise<void> => {
    await json('delete', location, { method: 'DELETE', op: 'DELETE', parameters: { recursive: 'false' } })
  }

  return {
    status,
    async open(location) {
      const found = await status(location)
      if (!found) throw failure('not-asked', `cannot read ${location}: no such file`)
      if (found.kind !== 'file') throw failure('not-asked', `cannot read ${location}: it is no file`)
      const { sizeBytes: size = 0, modifiedAt = 0 } = found
      return await openRanged(location, async (offset, wanted) => {
        const length = Math.min(wanted, size - offset)
        const parameters = { offset: `${offset}`, length: `${length}` }
        const bytes =
          length <= 0
            ? new Uint8Array(0)
            : await asking(
                'read',
                location,
              )((at, signal) => asker.bytes(at, { op: 'OPEN', parameters }, length, signal))
        return { bytes, size, modifiedAt }
      })
    },
    list: directory => listed(directory, question => json('list', directory, question)),
    remove,
    removeDirectory: remove,
  }
}

async function* listed(
  directory: string,
  ask: (question: HdfsQuestion) => Promise<Fields | undefined>,
): AsyncIterable<readonly FileStatus[]> {
  let after: string | undefined = ''
  while (after !== undefined) {
    const parameters: Record<string, string> = after === '' ? {} : { startAfter: after }
    const page: Page | undefined = pageOf(await ask({ op: 'LISTSTATUS_BATCH', parameters }), directory)
    const found = page?.found ?? []
    for (let first = 0; first < found.length; first += largestPage)
      yield found.slice(first, first + largestPage)
    if (page?.next === after)
      throw failure('not-asked', `cannot list ${directory}: the list begins again and again`)
    after = page?.next
  }
}

/** Hadoop's own, and what is promised to whoever lists. */
const largestPage = 1_000

interface Page {
  readonly found: readonly FileStatus[]
  /** The last name of this page, where there is another. */
  readonly next: string | undefined
}

/** Of a file, a list names the file itself, with an empty suffix. */
function pageOf(answer: Fields | undefined, directory: string): Page | undefined {
  if (!answer) return undefined
  const partial = fieldsAt(answer, 'DirectoryListing', 'partialListing')
  const entries = listAt('DirectoryListing' in answer ? partial : answer, 'FileStatuses', 'FileStatus')
  const named = entries.flatMap(entry => {
    const name = textAt(entry, 'pathSuffix') ?? ''
    return name === '' || name.includes('/')
      ? []
      : [{ name, status: statusOf(entry, below(directory, name)) }]
  })
  const more = (integerAt(answer, 'DirectoryListing', 'remainingEntries') ?? 0) > 0
  return { found: named.map(({ status }) => status), next: more ? named.at(-1)?.name : undefined }
}

function statusOf(entry: Fields, location: string): FileStatus {
  const type = textAt(entry, 'type')
  const modifiedAt = integerAt(entry, 'modificationTime') ?? 0
  if (type === 'FILE')
    return { location, kind: 'file', sizeBytes: integerAt(entry, 'length') ?? 0, modifiedAt }
  return { location, kind: type === 'DIRECTORY' ? 'directory' : 'other', modifiedAt }
}
