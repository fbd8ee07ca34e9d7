import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { after, before, describe, it } from 'mocha'
import { exampleCluster } from '../sandbox/examples.ts'
import { jobsPath } from '../sandbox/jobs.ts'
import type { Stoppable } from './parts.ts'
import { freePorts, outcome, type RunOutcome } from './processes.ts'
import { type Server, startServer } from './server.ts'

describe('kubectl flinksp beside kubectl: how errors are worded, and Tab', () => {
  let server: Server & Stoppable

  before(async () => {
    server = await startServer([{ name: 'bob' }])
  })
  after(() => server.stop())

  /** The last line that each of the two says of `orders`, and how each ends. */
  async function sideBySide(flags: readonly string[], user = 'admin') {
    const theirs = await server.kubectl(['get', 'flinkclusters', 'orders', ...flags], user)
    const ours = await server.kubectl(['flinksp', 'history', 'flinkclusters/orders', ...flags], user)
    return { theirs: said(theirs), ours: said(ours) }
  }

  it('a kind that the server does not have', async () => {
    const { theirs, ours } = await sideBySide([])
    assert.equal(theirs.error, 'error: the server doesn\'t have a resource type "flinkclusters"')
    assert.deepEqual(ours, { code: 1, stdout: '', error: theirs.error })
  })

  describe('where FlinkClusters are served', () => {
    before(() => server.install('spotify'))

    it('a job that is not there', async () => {
      const { theirs, ours } = await sideBySide([])
      assert.equal(
        theirs.error,
        'Error from server (NotFound): flinkclusters.flinkoperator.k8s.io "orders" not found',
      )
      assert.deepEqual(ours, { code: 1, stdout: '', error: theirs.error })
    })

    it('a user who may not', async () => {
      const { theirs, ours } = await sideBySide([], 'bob')
      assert.equal(
        theirs.error,
        'Error from server (Forbidden): flinkclusters.flinkoperator.k8s.io "orders" is forbidden: User "bob" cannot get ' +
          'resource "flinkclusters" in API group "flinkoperator.k8s.io" in the namespace "default"',
      )
      assert.deepEqual(ours, { code: 1, stdout: '', error: theirs.error })
    })

    it('a token that nobody has', async () => {
      const { theirs, ours } = await sideBySide(['--token=nobodys'])
      assert.equal(theirs.error, 'error: You must be logged in to the server (Unauthorized)')
      assert.deepEqual(ours, { code: 1, stdout: '', error: theirs.error })
    })

    it('a port where nobody listens', async () => {
      const [port] = await freePorts(1)
      const { theirs, ours } = await sideBySide([`--server=https://127.0.0.1:${port}`])
      assert.equal(
        theirs.error,
        `The connection to the server 127.0.0.1:${port} was refused - did you specify the right host or port?`,
      )
      assert.deepEqual(ours, { code: 1, stdout: '', error: theirs.error })
    })

    it('kubectl offers, behind flinksp, what the plugin offers', async () => {
      const { api } = server.controlPlane
      for (const name of ['orders', 'other'])
        await api.ask(
          'POST',
          jobsPath('spotify', 'default'),
          exampleCluster({ dialect: 'spotify', name, namespace: 'default', directory: server.directory }),
        )
      const offered = await tab(server)
      assert.deepEqual(await offered('take', ''), ['orders', 'other', ':4'])
      assert.deepEqual(await offered('take', 'or'), ['orders', ':4'])
      assert.deepEqual(await offered('take', 'orders', '--via=gen'), ['--via=generation', ':36'])
      assert.deepEqual(await offered('take', '-n', 'kube-s'), ['kube-system', ':4'])
      assert.deepEqual(await offered('restore', 'orders', '--filename', ''), [':0'])
      assert.deepEqual(await offered('restore', 'nobody', ''), [':4'])
      assert.deepEqual(await offered('comp'), [
        'completion\tPrint what makes Tab complete commands, flags, jobs and savepoints',
        ':36',
      ])
    })

    it('a certificate that nobody vouches for', async () => {
      const { theirs, ours } = await sideBySide(['--certificate-authority=/etc/hostname'])
      assert.match(theirs.error, /^error: |^Unable to connect to the server: /)
      assert.deepEqual(ours, { code: 1, stdout: '', error: theirs.error })
    })
  })
})

/** What kubectl itself prints for its shells' scripts, with the program on PATH that asks the plugin. */
async function tab({ environment, kubectl, directory }: Server) {
  const { stdout: asker } = await kubectl(['flinksp', 'completion', 'kubectl'])
  await writeFile(join(directory, 'kubectl_complete-flinksp'), asker, { mode: 0o755 })
  const { PATH = '', ...env } = await environment('admin')
  const more = { PATH: [directory, PATH].join(delimiter), FLINKSP_COMPLETION_TIMEOUT: '30s' }
  return async (...words: readonly string[]) => {
    const { stdout } = await outcome('kubectl', ['__complete', 'flinksp', ...words], {
      env: { ...env, ...more },
    })
    return stdout.trimEnd().split('\n')
  }
}

function said({ code, stdout, stderr }: RunOutcome) {
  return { code, stdout, error: stderr.trimEnd().split('\n').at(-1) ?? '' }
}
