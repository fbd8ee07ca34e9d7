import { spawn } from 'node:child_process'
import { textAt } from '../../src/domain/fields.ts'
import type { Server } from '../../test/e2e/server.ts'
import { openApi } from '../../test/sandbox/kubernetes/api.ts'
import { median } from './process-times.ts'

export interface Reaction {
  readonly runs: number
  readonly medianMs: number
  readonly slowestMs: number
}

const collection = '/apis/flinkoperator.k8s.io/v1beta1/namespaces/default/flinkclusters'

/**
 * From the operator's last status write, as a watch of the bench sees it, to the exit of `take`. The watch itself is a
 * millisecond or two late, which counts for the plugin; the figure is rounded up.
 */
export async function measureReaction(
  server: Server,
  binary: string,
  name: string,
  runs: number,
): Promise<Reaction> {
  const env = { ...process.env, ...(await server.environment('admin')) }
  const api = await openApi(server.controlPlane.kubeconfig('admin'))
  const watching = new AbortController()
  let lastWrite = 0
  const watch = (async () => {
    const path = `${collection}?watch=true&fieldSelector=metadata.name%3D${name}`
    for await (const { object } of api.watch(path, watching.signal)) {
      if (textAt(object, 'status', 'savepoint', 'state') === 'Succeeded') lastWrite = performance.now()
    }
  })().catch(error => {
    if (!watching.signal.aborted) throw error
  })
  const took: number[] = []
  for (let run = 0; run < runs; run++) {
    const code = await new Promise(ended => {
      spawn(binary, ['take', `flinkcluster/${name}`, '--via=annotation'], { env, stdio: 'ignore' }).once(
        'exit',
        ended,
      )
    })
    if (code !== 0) throw new Error(`take ended with ${code}`)
    took.push(performance.now() - lastWrite)
  }
  watching.abort()
  await watch
  api.close()
  return { runs, medianMs: Math.ceil(median(took)), slowestMs: Math.ceil(Math.max(...took)) }
}
