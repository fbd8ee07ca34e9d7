import type { AuditedRequest } from '../../test/e2e/control-plane/audit.ts'
import { outcome } from '../../test/e2e/processes.ts'
import type { Server } from '../../test/e2e/server.ts'

export interface Asked {
  readonly command: string
  /** In order, as `GET flinkclusters/orders`. */
  readonly requests: readonly string[]
}

/** What is counted of a job. A command that stands there twice fills the caches at first: what the server serves, which operator it is, what it refuses. */
export const commandsOf = (job: string, ...ways: readonly string[]): readonly (readonly string[])[] => [
  ['history', job],
  ['history', job],
  ...ways.flatMap(via => [
    ['take', job, `--via=${via}`],
    ['take', job, `--via=${via}`],
  ]),
  ['restore', job, 'latest', '--yes'],
]

/** What each command asks of the API server, by its audit log, with caches warm. */
export async function countRequests(
  server: Server,
  binary: string,
  commands: readonly (readonly string[])[],
): Promise<Asked[]> {
  const asked: Asked[] = []
  for (const [index, words] of commands.entries()) {
    const requests = await during(server, async () => {
      const { code, stderr } = await outcome(binary, words, { env: await server.environment('admin') })
      if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}\n${stderr}`)
    })
    const warm = commands[index + 1]?.join() !== words.join()
    if (warm) asked.push({ command: words.join(' '), requests: requests.map(inWords) })
  }
  return asked
}

async function during({ controlPlane }: Server, act: () => Promise<void>): Promise<AuditedRequest[]> {
  const before = (await ours(controlPlane)).length
  await act()
  return (await ours(controlPlane)).slice(before)
}

async function ours(controlPlane: Server['controlPlane']): Promise<AuditedRequest[]> {
  const requests = await controlPlane.requests('admin')
  return requests.filter(({ userAgent }) => userAgent.startsWith('kubectl-flinksp'))
}

function inWords({ verb, uri }: AuditedRequest): string {
  const { pathname, search } = new URL(uri, 'http://server')
  const place = pathname.replace(/^.*\/namespaces\/[^/]+\//, '').replace(/^\/apis?\//, '')
  return `${verb} ${place}${search.includes('watch=') ? ' (watch)' : ''}`
}
