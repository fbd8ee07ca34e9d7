import assert from 'node:assert/strict'
import { asked } from '../requests.ts'
import { everyKind, type Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'

/** What a user has asked the server of its groups and their kinds. */
async function questions({ requests }: Stage, user: string): Promise<string[]> {
  const all = (await requests(user)).map(({ path, code }) => `${path.replace(/\?.*/, '')} ${code}`)
  return all.filter(request => /^\/apis\/flink[^/]*(\/v[^/]+)? /.test(request)).sort()
}

export const discoveries: readonly Scenario[] = [
  {
    title: 'which kinds there are costs one question a group, or two where it is missing, and is remembered',
    on: everyKind,
    play: async stage => {
      const { job, run } = stage
      await job()
      const user = 'counted-kinds'
      const first = await run('history orders -o name', user)
      const once = await questions(stage, user)
      assert.deepEqual(once, [...new Set(once)])
      const second = await run('history orders -o name', user)
      for (const { exit, stderr } of [first, second])
        assert.deepEqual([exit, /Warning/.test(stderr)], [0, false])
      assert.equal((await run('status -o name', user)).exit, 0)
      assert.deepEqual(await questions(stage, user), once)
    },
  },
  {
    title: 'takes of many by nonce list the snapshots once, and watch them once',
    on: ['apache-1.15', 'apache-1.15-session'],
    because: 'FlinkStateSnapshots are of the Apache operator from 1.10 on',
    play: async ({ job, run, requests }) => {
      await Promise.all(['a', 'b', 'c'].map(name => job(name)))
      assert.equal((await run('take a b c --yes --via nonce', 'counted-nonces')).exit, 0)
      const ofSnapshots = asked(await requests('counted-nonces')).filter(each => each.includes('snapshots'))
      assert.deepEqual(ofSnapshots, ['GET flinkstatesnapshots 200', 'WATCH flinkstatesnapshots 200'])
    },
  },
]
