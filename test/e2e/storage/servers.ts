import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { accepts } from '../listeners.ts'
import { freePorts, type RunningProcess, startProcess, untilReady } from '../processes.ts'
import { installStorage } from './install.ts'

/** A real server of a store, and what somebody's environment must have to reach it. */
export interface StorageServer {
  readonly env: Readonly<Record<string, string>>
  /** The location of a bucket or container in it. */
  readonly base: string
  put(path: string, bytes: Buffer): Promise<void>
  stop(): Promise<void>
}

/** versitygw, an S3 server that checks signatures, over a directory of this machine. */
export async function startS3(directory: string): Promise<StorageServer> {
  const { versitygw } = await installStorage(console.log)
  const keys = { ROOT_ACCESS_KEY: 'user', ROOT_SECRET_KEY: 'a-secret-key' }
  const data = join(directory, 's3')
  await mkdir(join(data, 'bucket'), { recursive: true })
  const [server, url] = await started('versitygw', directory, port =>
    startProcess(versitygw, ['--port', `127.0.0.1:${port}`, 'posix', data], {
      log: join(directory, 'versitygw.log'),
      env: keys,
    }),
  )
  return {
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: keys.ROOT_ACCESS_KEY,
      AWS_SECRET_ACCESS_KEY: keys.ROOT_SECRET_KEY,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    base: 's3://bucket',
    async put(path, bytes) {
      const file = join(data, 'bucket', path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, bytes)
    },
    stop: () => server.stop(),
  }
}

/** fake-gcs-server, in memory. */
export async function startGcs(directory: string): Promise<StorageServer> {
  const { fakeGcsServer } = await installStorage(console.log)
  const [server, url] = await started('fake-gcs-server', directory, port =>
    startProcess(
      fakeGcsServer,
      [
        '-scheme',
        'http',
        '-host',
        '127.0.0.1',
        '-port',
        `${port}`,
        '-backend',
        'memory',
        '-public-host',
        `127.0.0.1:${port}`,
      ],
      { log: join(directory, 'fake-gcs-server.log') },
    ),
  )
  const { Storage } = await import('@google-cloud/storage')
  const storage = new Storage({ apiEndpoint: url, projectId: 'project' })
  await storage.createBucket('bucket')
  return {
    env: { STORAGE_EMULATOR_HOST: url },
    base: 'gs://bucket',
    put: async (path, bytes) => await storage.bucket('bucket').file(path).save(bytes, { resumable: false }),
    stop: () => server.stop(),
  }
}

/** Of every Azurite: no secret. */
const account = 'devstoreaccount1'
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

/** Azurite, in memory. */
export async function startAzure(directory: string): Promise<StorageServer> {
  const { azurite } = await installStorage(console.log)
  const [server, url] = await started('azurite', directory, port => {
    const where = ['--blobHost', '127.0.0.1', '--blobPort', `${port}`, '--inMemoryPersistence']
    const how = ['--silent', '--disableTelemetry', '--skipApiVersionCheck']
    return startProcess(process.execPath, [azurite, ...where, ...how], {
      log: join(directory, 'azurite.log'),
    })
  })
  const connection = `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${accountKey};BlobEndpoint=${url}/${account}`
  const { BlobServiceClient } = await import('@azure/storage-blob')
  const container = BlobServiceClient.fromConnectionString(connection).getContainerClient('container')
  await container.create()
  return {
    env: { AZURE_STORAGE_CONNECTION_STRING: connection },
    base: `abfss://container@${account}.dfs.core.windows.net`,
    put: async (path, bytes) => void (await container.getBlockBlobClient(path).uploadData(bytes)),
    stop: () => server.stop(),
  }
}

async function started(
  name: string,
  directory: string,
  start: (port: number) => RunningProcess,
): Promise<[RunningProcess, string]> {
  await mkdir(directory, { recursive: true })
  const [port = 0] = await freePorts(1)
  const server = start(port)
  await untilReady(name, server, async () => (await accepts(port)) || undefined)
  return [server, `http://127.0.0.1:${port}`]
}
