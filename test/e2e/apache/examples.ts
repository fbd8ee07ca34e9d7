import { join } from 'node:path'
import { textAt } from '../../../src/domain/fields.ts'
import { exampleObjects } from '../../sandbox/examples.ts'
import { collectionOf, isRunning, jobsPath } from '../../sandbox/jobs.ts'
import { eventually } from '../conditions.ts'
import type { KubeObject } from '../kube-api.ts'
import type { DialectName, Server } from '../server.ts'

/** Jobs of a dialect in the namespace default: created, and running as their operator sees them. */
export async function runExamples(
  { controlPlane, directory }: Pick<Server, 'controlPlane' | 'directory'>,
  dialect: DialectName,
  names: readonly string[],
): Promise<void> {
  const { api } = controlPlane
  const start = async (name: string) => {
    const objects = exampleObjects({ dialect, name, namespace: 'default', directory: join(directory, name) })
    for (const object of objects) await api.ask('POST', collectionOf(dialect, object, 'default'), object)
    await eventually(`${textAt(objects.at(-1) ?? {}, 'kind')} ${name} runs`, async () =>
      isRunning((await api.get(`${jobsPath(dialect, 'default')}/${name}`)) as KubeObject) ? true : undefined,
    )
  }
  await Promise.all(names.map(start))
}
