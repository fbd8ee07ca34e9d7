import type { Fields } from '../../src/domain/fields.ts'
import { type KubeApi, versionOf } from '../sandbox/kubernetes/api.ts'

/** Reads an object, then watches it until it meets the condition. */
export async function seen(
  api: KubeApi,
  path: string,
  condition: (object: Fields) => boolean,
  patienceMs = 50_000,
): Promise<Fields> {
  let last = await api.get(path)
  if (condition(last)) return last
  const slash = path.lastIndexOf('/')
  const query = `fieldSelector=metadata.name%3D${path.slice(slash + 1)}&watch=true&resourceVersion=${versionOf(last)}`
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), patienceMs)
  try {
    for await (const { object } of api.watch(`${path.slice(0, slash)}?${query}`, stop.signal)) {
      last = object
      if (condition(last)) return last
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error
  } finally {
    clearTimeout(timer)
    stop.abort()
  }
  throw new Error(`${path} never met the condition; at last: ${JSON.stringify(last['status'])}`)
}
