import assert from 'node:assert/strict'
import { asked, ordersPath as job, recordPath as record } from '../requests.ts'
import { everyKind, type Scenario } from '../scenario.ts'

/** What Tab offers behind these words, without descriptions. */
function wordsOf(stdout: string): string[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map(line => line.split('\t')[0] ?? '')
}

export const completions: readonly Scenario[] = [
  {
    title: 'Tab offers the jobs and the savepoints that are there',
    on: everyKind,
    play: async ({ job, run, namespace }) => {
      await Promise.all([job(), job('other')])
      assert.equal((await run('take orders --name before-v2')).exit, 0)
      const offered = async (line: string) => {
        const { exit, stdout, stderr } = await run(`__complete ${line}`)
        assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
        return wordsOf(stdout)
      }
      assert.deepEqual(await offered('take '), ['orders', 'other', ':4'])
      assert.deepEqual(await offered('take other or'), ['orders', ':4'])
      assert.deepEqual((await offered('restore orders ')).slice(0, 2), ['latest', 'before-v2'])
      assert.deepEqual(await offered(`take -n ${namespace.slice(0, -1)}`), ['NAMESPACE', ':4'])
      assert.deepEqual(await offered('restore nobody '), [':4'])
      assert.deepEqual(await offered('take -n no-such-namespace '), [':4'])
    },
  },
  {
    title:
      'Tab says the state of a job and the age of a savepoint, for one list or two reads, and writes nothing',
    because: 'the words of a Tab are made of the same facts for each kind',
    play: async stage => {
      const { job: run1, run, requests } = stage
      await run1()
      assert.equal((await run('take orders')).exit, 0)
      const user = 'counted-tab'
      await run('__complete take ', user)
      const known = (await requests(user)).length
      assert.deepEqual(await run('__complete take ', user), {
        exit: 0,
        stdout: 'orders\tRunning\n:4\n',
        stderr: '',
      })
      assert.deepEqual(asked(await requests(user), known), [`GET ${job.replace(/\/orders$/, '')} 200`])
      const listed = (await requests(user)).length
      assert.match(
        (await run('__complete restore flinkcluster/orders lat', user)).stdout,
        /^latest\tAGE old, manual, file:DIR\/orders\/SAVEPOINT-1\n:36\n$/,
      )
      // Both at once: which of them arrives first is not said.
      assert.deepEqual(asked(await requests(user), listed).sort(), [`GET ${record} 200`, `GET ${job} 200`])
      assert.deepEqual(
        (await requests(user)).filter(({ verb }) => verb !== 'GET'),
        [],
      )
    },
  },
]
