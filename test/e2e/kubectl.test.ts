import assert from 'node:assert/strict'
import { after, before, describe, it } from 'mocha'
import type { Stoppable } from './parts.ts'
import { freePorts, type RunOutcome } from './processes.ts'
import { type Server, startServer } from './server.ts'

describe('errors of kubectl flinksp beside those of kubectl', () => {
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

    it('a certificate that nobody vouches for', async () => {
      const { theirs, ours } = await sideBySide(['--certificate-authority=/etc/hostname'])
      assert.match(theirs.error, /^error: |^Unable to connect to the server: /)
      assert.deepEqual(ours, { code: 1, stdout: '', error: theirs.error })
    })
  })
})

function said({ code, stdout, stderr }: RunOutcome) {
  return { code, stdout, error: stderr.trimEnd().split('\n').at(-1) ?? '' }
}
