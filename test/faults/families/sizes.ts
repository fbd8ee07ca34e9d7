import assert from 'node:assert/strict'
import type { Family } from '../fault.ts'
import { documented, refusal } from '../spoil.ts'
import { inProgress, savepointsOf, takenOnce } from '../waiting.ts'

/** etcd takes no request above 1.5 MiB; some of it is the rest of the object, as it is written down twice. */
const nearlyTooMuch = 'x'.repeat(1_400_000)
const pageSize = 500

export const sizeFaults: Family = {
  title: 'Much of everything',
  faults: [
    {
      name: 'a job whose object has 1.4 MB',
      where: 'both',
      expectation: 'takes its savepoint, and asks for nothing twice',
      provoke: async scene => {
        const taking = await inProgress(
          scene,
          1000,
          'take orders',
          {},
          { spec: { logConfig: { much: nearlyTooMuch } } },
        )
        return takenOnce(scene, taking)
      },
    },
    {
      name: '10,000 jobs, of whose list a page expires (410)',
      where: 'both',
      expectation: 'lists each once, page by page',
      provoke: async scene => {
        const relay = await scene.between()
        await scene.job()
        assert.equal((await scene.run('take orders')).exit, 0)
        const template = await scene.object()
        const item = (number: number) => ({
          ...template,
          metadata: { ...Object(template['metadata']), name: `job-${number}`, uid: `uid-${number}` },
        })
        let expired = false
        const page = (path: string) => {
          const from = Number(new URL(path, 'https://server').searchParams.get('continue') ?? 0)
          if (from === 3000 && !expired) {
            expired = true
            return refusal(410, 'Expired', 'The provided continue parameter is too old')
          }
          const next = from + pageSize
          const metadata = { resourceVersion: '1', ...(next < 10_000 && { continue: String(next) }) }
          const items = Array.from({ length: pageSize }, (_, at) => item(from + at))
          return documented({ apiVersion: template['apiVersion'], kind: 'FlinkClusterList', metadata, items })
        }
        relay.spoil({ verb: 'GET', path: /\/flinkclusters\?/ }, { answer: page })
        const known = relay.passed.length
        const { exit, stdout, stderr } = await scene.run('history --sources status -o name')
        assert.deepEqual([exit, stdout.split('\n').length - 1, stderr], [0, 10_000, ''])
        const pages = relay.passed.slice(known).filter(({ path }) => /\/flinkclusters\?/.test(path)).length
        assert.deepEqual([savepointsOf(scene), pages], [1, 27])
        return 'exit 0; 10,000 lines from 27 pages'
      },
    },
  ],
}
