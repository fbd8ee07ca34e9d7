import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { metadataOf } from '../savepoint/writer.ts'
import { environment } from '../storage/environment.ts'
import { placesWith } from '../storage/here.ts'
import { placeContract } from '../storage/place-contract.ts'
import { outcome } from './processes.ts'
import { type StorageServer, startAzure, startGcs, startS3 } from './storage/servers.ts'

const binary = join(import.meta.dirname, '../../dist/kubectl-flinksp')

const stores: Readonly<Record<string, (directory: string) => Promise<StorageServer>>> = {
  'an S3 server': startS3,
  "an emulator of Google's store": startGcs,
  Azurite: startAzure,
}

for (const [name, startServer] of Object.entries(stores)) {
  const started = async () => {
    const directory = await mkdtemp(join(tmpdir(), 'flinksp-storage-'))
    const server = await startServer(directory)
    const stop = async () => {
      await server.stop()
      await rm(directory, { recursive: true, force: true })
    }
    return { ...server, stop }
  }

  placeContract(`Savepoints in ${name}`, async () => {
    const server = await started()
    environment.set(server.env)
    return {
      ...server,
      places: placesWith(server.env),
      async stop() {
        environment.restore()
        await server.stop()
      },
    }
  })

  describe(`The program, and ${name}`, () => {
    let server: StorageServer
    before(async () => {
      server = await started()
    })
    after(() => server?.stop())

    const inspected = async (location: string) => {
      const env = { HOME: '/nonexistent', ...server.env }
      return await outcome(binary, ['inspect', location, '-o', 'json'], { env })
    }

    it('reads a savepoint there', async () => {
      await server.put('sp/savepoint-1/_metadata', metadataOf({ version: 3, checkpointId: 12 }))
      const { code, stdout, stderr } = await inspected(`${server.base}/sp/savepoint-1`)
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
      const { location, checkpointId } = JSON.parse(stdout)
      assert.deepEqual(
        { location, checkpointId },
        { location: `${server.base}/sp/savepoint-1`, checkpointId: 12 },
      )
    })

    it('says where there is none', async () => {
      assert.deepEqual(await inspected(`${server.base}/sp/none`), {
        code: 1,
        stdout: '',
        stderr: `error: cannot read ${server.base}/sp/none: no such file or directory\n`,
      })
    })
  })
}
