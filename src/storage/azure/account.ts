import type { BlobServiceClient } from '@azure/storage-blob'
import { failure } from '../../domain/failure.ts'
import type { Connecting } from '../connecting.ts'
import type { Address } from '../objects.ts'

type Library = typeof import('./library.ts')

/**
 * Where Microsoft has its stores: a token goes nowhere else, whatever a location says. Of `dfs` and `blob`, which are the same data,
 * the one that this client speaks to.
 */
const hosts =
  /^([a-z0-9]{3,24}|onelake)((?:[.]z\d{1,2})?)[.](?:dfs|blob)[.](core[.](?:windows[.]net|chinacloudapi[.]cn|usgovcloudapi[.]net|cloudapi[.]de)|storage[.]azure[.]net|fabric[.]microsoft[.]com)$/

/** The host and container, and the key, of `abfss://container@account.dfs.core.windows.net/path`. */
export function azureAddress(location: string): Address {
  const [, container = '', host = '', key = ''] = /^[^:]+:\/\/([^/@]*)@([^/@]*)(.*)$/s.exec(location) ?? []
  if (!/^[A-Za-z0-9$][A-Za-z0-9-]{0,62}$/.test(container) || !hosts.test(host.toLowerCase()))
    throw failure(
      'not-asked',
      `cannot read ${location}: it names no container in Azure`,
      'a location reads abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/PATH',
    )
  return {
    bucket: `${container}@${host.toLowerCase()}`,
    key: key.replace(/\/{2,}/g, '/').replace(/^\/|\/$/g, ''),
  }
}

/**
 * Speaks to the account with what the user has for it, as the az command finds it: a connection string, a key, a SAS token; else
 * a login (environment, workload identity, managed identity, az login).
 */
export function serviceFor(
  { BlobServiceClient, StorageSharedKeyCredential, DefaultAzureCredential }: Library,
  host: string,
  { env }: Connecting,
): BlobServiceClient {
  const [, account = '', zone = '', suffix = ''] = hosts.exec(host) ?? []
  const url = `https://${account}${zone}.blob.${suffix}`
  const options = { retryOptions: { maxTries: 3 } }
  const connection = env['AZURE_STORAGE_CONNECTION_STRING']
  if (connection && isOf(account, connection))
    return BlobServiceClient.fromConnectionString(connection, options)
  const isMeant = env['AZURE_STORAGE_ACCOUNT'] === account
  const key = env['AZURE_STORAGE_KEY']
  if (isMeant && key) return new BlobServiceClient(url, new StorageSharedKeyCredential(account, key), options)
  const token = env['AZURE_STORAGE_SAS_TOKEN']
  if (isMeant && token) return new BlobServiceClient(`${url}?${token.replace(/^\?/, '')}`, undefined, options)
  return new BlobServiceClient(url, new DefaultAzureCredential(), options)
}

function isOf(account: string, connection: string): boolean {
  const parts = connection.split(';').map(part => part.trim().toLowerCase())
  return (
    parts.includes(`accountname=${account}`) ||
    parts.some(part => part.startsWith(`blobendpoint=https://${account}.`))
  )
}
