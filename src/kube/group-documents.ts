import type { Fields } from '../domain/fields.ts'
import { refusedWith } from '../domain/ports.ts'
import type { Server } from './server.ts'

/** What the server says of its API groups and their versions; undefined where it has none such. */
export interface GroupDocuments {
  /** `since`: an answer to a question of this time (epoch ms) or later will do. */
  group(group: string, since: number): Promise<Fields | undefined>
  version(group: string, version: string, since: number): Promise<Fields | undefined>
}

interface Asked {
  readonly at: number
  readonly answer: Promise<Fields | undefined>
  pending: boolean
}

/** Several kinds are told by one document: who asks while it is on its way gets the same. */
export function groupDocuments(server: Server, now: () => number): GroupDocuments {
  const documents = new Map<string, Asked>()
  const read = (path: string, since: number) => {
    const known = documents.get(path)
    if (known && (known.pending || known.at >= since)) return known.answer
    const answer = unless404(server.json({ method: 'GET', path, subject: { verb: 'get' } }))
    const asked: Asked = { at: now(), answer, pending: true }
    documents.set(path, asked)
    const settled = () => {
      asked.pending = false
    }
    answer.then(settled, () => documents.delete(path))
    return answer
  }
  return {
    group: (group, since) => read(`/apis/${encodeURIComponent(group)}`, since),
    version: (group, version, since) =>
      read(`/apis/${encodeURIComponent(group)}/${encodeURIComponent(version)}`, since),
  }
}

async function unless404(answer: Promise<{ fields: Fields }>): Promise<Fields | undefined> {
  try {
    return (await answer).fields
  } catch (error) {
    if (refusedWith(error, 404)) return undefined
    throw error
  }
}
