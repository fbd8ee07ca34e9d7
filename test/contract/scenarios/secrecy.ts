import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { recordPathOf } from '../any-kind.ts'
import type { Scenario } from '../scenario.ts'

/** What a person types as a password of an address. */
const password = 'hunter2-in-an-address'

/** Ways to do well and not so well, each as talkative as it can be. */
const lines = [
  'take orders -v 9',
  'history orders -v 9 -o yaml',
  'status orders -v 9 -o wide',
  'verify orders latest -v 9',
  'history nobody -v 9',
  `history orders --sources rest --rest-url http://me:${password}@127.0.0.1:1/ -v 9`,
  `take orders --via rest --rest-url http://me:${password}@127.0.0.1:1/ -v 9`,
  'restore orders /nowhere --yes -v 9',
  'stop orders --dry-run=server --yes -v 9',
  'status orders --server https://127.0.0.1:1 -v 9',
  `status orders --server https://me:${password}@127.0.0.1:1 -v 9`,
  `bundle orders -v 9 --rest-url http://me:${password}@127.0.0.1:1/ -f bundle.tar.gz`,
]

/** All that was left in the home of a user but the kubeconfig. */
async function leftIn(home: string): Promise<string> {
  const names = await readdir(home, { recursive: true, withFileTypes: true })
  const files = names.filter(entry => entry.isFile() && entry.name !== 'kubeconfig')
  const texts = await Promise.all(
    files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')),
  )
  return texts.join('\n')
}

export const secrecy: readonly Scenario[] = [
  {
    title: 'no token and no password is printed, cached or recorded, however much is told',
    on: 'spotify',
    because: 'what is told of a request knows no kind',
    play: async stage => {
      const { job, launch, api, directory, token } = stage
      await job()
      const printed: string[] = []
      for (const line of lines) {
        const { stdout, stderr } = await (await launch(line)).ended
        printed.push(`${line.replace(password, '')}\n${stdout}\n${stderr}`)
      }
      const record = JSON.stringify(await api.get(await recordPathOf(stage)))
      const left = await leftIn(join(directory, '.home-admin'))
      assert.ok(left.length > 0 && record.length > 100)
      const told = [...printed, left, record].filter(
        text => text.includes(token()) || text.includes(password),
      )
      assert.deepEqual(told, [])
    },
  },
]
