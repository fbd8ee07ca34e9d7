import { spawn } from 'node:child_process'
import { type Fields, textAt } from '../../src/domain/fields.ts'
import type { Server } from '../../test/e2e/server.ts'
import { openApi } from '../../test/sandbox/kubernetes/api.ts'
import { median } from './process-times.ts'

export interface Reaction {
  readonly runs: number
  readonly medianMs: number
  readonly slowestMs: number
}

/** A take whose end one write shows. */
export interface Reacting {
  /** What is typed. */
  readonly words: readonly string[]
  /** The collection in which the operator writes last, with a query where only one object counts. */
  readonly watched: string
  isLast(object: Fields): boolean
}

export const byAnnotation: Reacting = {
  words: ['take', 'flinkcluster/orders', '--via=annotation'],
  watched:
    '/apis/flinkoperator.k8s.io/v1beta1/namespaces/default/flinkclusters?fieldSelector=metadata.name%3Dorders',
  isLast: object => textAt(object, 'status', 'savepoint', 'state') === 'Succeeded',
}

export const bySnapshot: Reacting = {
  words: ['take', 'flinkdeployment/orders', '--via=snapshot'],
  watched: '/apis/flink.apache.org/v1beta1/namespaces/default/flinkstatesnapshots?limit=500',
  isLast: object => textAt(object, 'status', 'state') === 'COMPLETED',
}

/**
 * From the operator's last status write, as a watch of the bench sees it, to the exit of `take`. The watch itself is a
 * millisecond or two late, which counts for the plugin; the figure is rounded up.
 */
export async function measureReaction(
  server: Server,
  binary: string,
  { words, watched, isLast }: Reacting,
  runs: number,
): Promise<Reaction> {
  const env = { ...process.env, ...(await server.environment('admin')) }
  const api = await openApi(server.controlPlane.kubeconfig('admin'))
  const watching = new AbortController()
  let lastWrite = 0
  const watch = (async () => {
    for await (const { object } of api.watch(`${watched}&watch=true`, watching.signal)) {
      if (isLast(object)) lastWrite = performance.now()
    }
  })().catch(error => {
    if (!watching.signal.aborted) throw error
  })
  const took: number[] = []
  for (let run = 0; run < runs; run++) {
    const code = await new Promise(ended => {
      spawn(binary, words, { env, stdio: 'ignore' }).once('exit', ended)
    })
    if (code !== 0) throw new Error(`take ended with ${code}`)
    took.push(performance.now() - lastWrite)
  }
  watching.abort()
  await watch
  api.close()
  return { runs, medianMs: Math.ceil(median(took)), slowestMs: Math.ceil(Math.max(...took)) }
}
