import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { environment } from './environment.ts'
import { placesWith, refusalOf } from './here.ts'
import { type HttpServer, serve } from './servers/http.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const key = Buffer.alloc(64, 7).toString('base64')
const location = 'abfss://container@account.dfs.core.windows.net/sp'

/** As Azure says no: the code stands in a header too. */
function refused(status: number, code: string, message = code): Answer {
  return ({ method }, response) => {
    response.writeHead(status, { 'content-type': 'application/xml', 'x-ms-error-code': code })
    response.end(
      method === 'HEAD' ? undefined : `<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
    )
  }
}

describe('A container in Azure', () => {
  let server: HttpServer
  let answer: Answer
  before(async () => {
    server = await serve((request, response) => answer(request, response))
  })
  after(() => server.close())
  beforeEach(() => {
    server.asked.length = 0
    environment.set({})
  })
  afterEach(() => environment.restore())

  const env = () => ({
    AZURE_STORAGE_CONNECTION_STRING: `DefaultEndpointsProtocol=http;AccountName=account;AccountKey=${key};BlobEndpoint=${server.url}/account`,
  })
  const said = async (reply: Answer, more: Parameters<typeof placesWith>[1] = {}) => {
    answer = reply
    return (await refusalOf(placesWith(env(), more).status(location))).replaceAll(location, 'LOCATION')
  }
  const logIn =
    'log in: az login; or set AZURE_STORAGE_ACCOUNT with AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN, or AZURE_STORAGE_CONNECTION_STRING'

  it('says whether the credentials are wrong, or may not', async () => {
    assert.equal(
      await said(refused(403, 'AuthenticationFailed', `signature ${key}`)),
      `error: cannot read LOCATION: the Azure credentials are not accepted\n${logIn}`,
    )
    assert.equal(
      await said(refused(403, 'AuthorizationPermissionMismatch')),
      'error: cannot read LOCATION: access denied (AuthorizationPermissionMismatch)\n' +
        "the Azure credentials found here need the role Storage Blob Data Reader, and the account's firewall must let this machine in",
    )
  })

  it('says that there is none of that name', async () => {
    assert.equal(
      await said(refused(404, 'ContainerNotFound')),
      'error: cannot read LOCATION: there is no container container in account.dfs.core.windows.net',
    )
  })

  it('says that there are no credentials, without asking for it', async () => {
    assert.equal(
      (await refusalOf(placesWith({}).status(location))).replaceAll(location, 'LOCATION'),
      `error: cannot read LOCATION: no Azure credentials were found\n${logIn}`,
    )
  })

  it('is asked with what the environment has for this account alone', async () => {
    answer = (_, response) => response.writeHead(200, { 'content-length': '7' }).end()
    assert.equal(await placesWith(env()).sizeOf(location), 7)
    assert.match(
      await refusalOf(placesWith(env()).status(location.replace('@account', '@another'))),
      /no Azure credentials were found/,
    )
    assert.deepEqual(server.asked, ['HEAD /account/container/sp'])
  })

  it('is no host of somebody else: tokens go to Microsoft alone', async () => {
    const hosts = [
      'evil.example',
      'account.dfs.core.windows.net.evil.example',
      'account.evil.core.windows.net',
      'a/b',
    ]
    for (const host of [...hosts, 'u@account.dfs.core.windows.net:80'])
      assert.match(
        await refusalOf(placesWith(env()).status(`abfs://container@${host}/sp`)),
        /^error: cannot read .*: it names no container in Azure/,
      )
    assert.deepEqual(server.asked, [])
  })

  it('that sends to another host is told nothing there', async () => {
    const other = await serve((_, response) => response.end('caught'))
    const caught: unknown[] = []
    answer = (request, response) => {
      caught.push(request.headers.authorization !== undefined)
      response.writeHead(307, { location: `${other.url}/x` }).end()
    }
    await refusalOf(placesWith(env()).openMetadata(location))
    assert.ok(caught.length > 0 && other.asked.length === 0, other.asked.join('\n'))
    await other.close()
  })

  it('that is silent is not waited for without end', async () => {
    assert.equal(
      await said(() => {}, { limitMs: 1_000 }),
      'error: cannot read LOCATION: no answer within 1s\n--request-timeout gives each request more time',
    )
  })
})
