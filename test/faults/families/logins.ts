import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dump, load } from 'js-yaml'
import { look } from '../../contract/screens.ts'
import type { DialectName } from '../../sandbox/operators/operator.ts'
import { everyWay, type Family } from '../fault.ts'
import type { Scene } from '../scene.ts'
import { again, done, inProgress, savepointsOf, takenOnce } from '../waiting.ts'

const apiVersion = 'client.authentication.k8s.io/v1'

/** What else is said where a wait cannot go on. */
const furtherHints: { readonly [dialect in DialectName]?: string } = {
  'apache-1.15': 'and: kubectl get flinkstatesnapshot/orders-flinksp-NONCE -n NAMESPACE\n',
  'apache-1.7': `to take it back: kubectl patch flinkcluster/orders -n NAMESPACE --type=merge -p '{"spec":{"job":{"savepointTriggerNonce":null}}}'\n`,
}

/** The program logs in by a program that gives out `short-1`, then `short-2`, and fails from the call after `most` on. */
async function byLoginProgram(scene: Scene, most = 9) {
  const relay = await scene.between()
  const tokens = [1, 2, 3].map(number => relay.lend(`short-${number}`))
  const [calls, command] = [join(scene.directory, 'calls'), join(scene.directory, 'login')]
  const credential = `{"apiVersion":"${apiVersion}","kind":"ExecCredential","status":{"token":"short-%s"}}`
  const script = `#!/bin/sh
echo called >> ${calls}
number=$(($(wc -l < ${calls})))
[ $number -le ${most} ] || exit 7
printf '${credential}' $number
`
  await writeFile(command, script, { mode: 0o755 })
  scene.rewrite(text => {
    const kubeconfig = load(text) as { users: { user: object }[] }
    for (const entry of kubeconfig.users)
      entry.user = { exec: { apiVersion, command, interactiveMode: 'Never' } }
    return dump(kubeconfig)
  })
  return {
    relay,
    expire: () => tokens[0]?.expire(),
    calls: async () => (await readFile(calls, 'utf8')).trimEnd().split('\n').length,
  }
}

export const loginFaults: Family = {
  title: 'A login that expires',
  faults: [
    {
      name: 'the token expires during a take, and the watch is cut',
      where: 'both',
      on: everyWay,
      expectation: 'calls the login program once more, goes on, and asks for nothing twice',
      provoke: async scene => {
        const login = await byLoginProgram(scene)
        const taking = await inProgress(scene, 1500)
        login.expire()
        await login.relay.cutWatches()
        const seen = await takenOnce(scene, taking, again)
        assert.equal(await login.calls(), 2)
        return `${seen}; two calls of the login program`
      },
    },
    {
      name: 'the token expires during a take, and the watch goes on',
      where: 'both',
      expectation: 'calls the login program once more for what it does after the take',
      provoke: async scene => {
        const login = await byLoginProgram(scene)
        const taking = await inProgress(scene, 1500)
        login.expire()
        const seen = await takenOnce(scene, taking)
        assert.equal(await login.calls(), 2)
        return `${seen}; two calls of the login program`
      },
    },
    {
      name: 'the token expires during a take, and the login program fails',
      where: 'both',
      on: everyWay,
      expectation: 'says why it cannot follow the savepoint any more, and how to look, with exit code 1',
      provoke: async scene => {
        const login = await byLoginProgram(scene, 1)
        const taking = await inProgress(scene, 60_000)
        login.expire()
        await login.relay.cutWatches()
        const { exit, stdout, stderr } = await scene.screenOf(taking)
        // Where it has seen the savepoint begin, it has something to record, and may not.
        const said = stderr.replace(/^Warning: not recorded in \S+: Unable to connect .*\n/m, '')
        const noLogin =
          'Unable to connect to the server: getting credentials: exec: executable DIR/login failed with exit code 7\n'
        const unseen = 'the savepoint of flinkcluster/orders was asked for, and may complete unseen\n'
        const more = furtherHints[scene.dialect] ?? ''
        assert.deepEqual([exit, stdout, said], [1, '', `${again}${noLogin}${unseen}${look}\n${more}`])
        assert.deepEqual([savepointsOf(scene), (await done(scene)).length], [1, 1])
        return 'exit 1; one savepoint, asked for once'
      },
    },
  ],
}
