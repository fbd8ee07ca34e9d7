import type { Fields } from '../../../src/domain/fields.ts'
import type { RestAnswer, RestQuestion } from '../../../src/domain/rest.ts'
import type { FakeCluster } from '../../support/fake-cluster.ts'
import { type FakeClusterOptions, fakeCluster } from '../../support/fake-cluster.ts'
import { type FakeWorld, fakeArchives, fakeRest, fakeWorld } from '../../support/fakes.ts'
import { program } from '../../support/program.ts'

/** Where the archive of the job `orders` goes, at the time of the fake clock. */
export const archiveName = 'flinksp-bundle-orders-20260301T120000Z'

/** `bundle …` in a world of these objects, and what is in the archive, by path. */
export async function bundleOf(
  line: string,
  options: FakeClusterOptions & { readonly there?: readonly string[] },
  more: {
    readonly answer?: (question: RestQuestion) => RestAnswer | undefined
    prepare?(cluster: FakeCluster): void
    /** While it runs. */
    meanwhile?(world: FakeWorld): Promise<void>
  } = {},
) {
  const cluster = fakeCluster(options)
  more.prepare?.(cluster)
  const rest = fakeRest(more.answer ?? pages)
  const archives = fakeArchives(...(options.there ?? []))
  const world = fakeWorld({ cluster, rest, archives })
  const running = program(world, line)
  await more.meanwhile?.(world)
  const ended = await running
  const [written] = [...archives.written.values()].filter(files => files.length > 0)
  const files = Object.fromEntries((written ?? []).map(({ path, text }) => [path, text]))
  return { ...ended, files, requests: cluster.requests, questions: rest.questions, open: rest.open }
}

/** A page of Flink's that tells which it is. */
export function pages(question: RestQuestion): RestAnswer {
  if (question.ask !== 'page' && question.ask !== 'job-page') throw new Error(`asked ${question.ask}`)
  return { answer: 'page', body: { page: question.page, 'flink-version': '1.18.1' } }
}

/** A pod of an operator, or of a job. */
export function pod(
  name: string,
  namespace: string,
  labels: Fields,
  spec: Fields = {},
  status: Fields = {},
): Fields {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, uid: `uid-of-${name}`, labels },
    spec: { containers: [{ name: 'main', image: 'example.com/image:1' }], ...spec },
    status,
  }
}

export const operatorPod = pod('operator-1', 'flink-system', {
  app: 'flink-operator',
  'control-plane': 'controller-manager',
})
