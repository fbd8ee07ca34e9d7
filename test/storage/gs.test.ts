import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { explain } from '../../src/storage/gs/reasons.ts'
import { environment } from './environment.ts'
import { placesWith, refusalOf } from './here.ts'
import { type HttpServer, serve } from './servers/http.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** As the JSON API says no. */
function refused(code: number, message: string): Answer {
  return (_, response) => {
    response.writeHead(code, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ error: { code, message, errors: [{ message }] } }))
  }
}

describe('A bucket in Google Cloud Storage', () => {
  let server: HttpServer
  let answer: Answer
  before(async () => {
    server = await serve((request, response) => answer(request, response))
  })
  after(() => server.close())
  beforeEach(() => {
    server.asked.length = 0
    environment.set({ STORAGE_EMULATOR_HOST: server.url })
  })
  afterEach(() => environment.restore())

  const places = (more: Parameters<typeof placesWith>[1] = {}) =>
    placesWith({ STORAGE_EMULATOR_HOST: server.url }, more)
  const said = async (reply: Answer, more: Parameters<typeof placesWith>[1] = {}) => {
    answer = reply
    return await refusalOf(places(more).status('gs://bucket/sp'))
  }

  it('says whether the credentials are wrong, or may not', async () => {
    assert.equal(
      await said(refused(401, 'Invalid Credentials')),
      'error: cannot read gs://bucket/sp: the Google credentials are not accepted\n' +
        'log in: gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS',
    )
    assert.equal(
      await said(refused(403, 'me@x.org does not have storage.objects.get access to the object.')),
      'error: cannot read gs://bucket/sp: access denied: me@x.org does not have storage.objects.get access to the object.\n' +
        'the Google credentials found here need storage.objects.get',
    )
  })

  it('says that there is none of that name', async () => {
    assert.equal(
      await said(refused(404, 'The specified bucket does not exist.')),
      'error: cannot list gs://bucket/sp: there is no bucket bucket',
    )
  })

  it('is asked again where it is busy, and then says so', async () => {
    assert.equal(
      await said(refused(429, 'rateLimitExceeded')),
      'error: cannot read gs://bucket/sp: the store is too busy to answer (429)\ntry again in a while',
    )
    assert.ok(server.asked.length > 1, server.asked.join('\n'))
  })

  // Google's client asks hosts of its own for tokens, whatever the credentials say: its words are all there is to try here.
  it('says that there are no credentials, or that they have expired', () => {
    const logIn = 'log in: gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS'
    const reasons = [
      'Could not load the default credentials. Browse to https://cloud.google.com/docs for more information.',
      'invalid_grant',
    ].map(message => explain(new Error(message), 'read', { bucket: 'b', key: '' }))
    assert.deepEqual(reasons, [
      { text: 'no Google credentials were found', hints: [logIn] },
      { text: 'the Google credentials have expired', hints: [logIn] },
    ])
  })

  it('that is silent is not waited for without end', async () => {
    assert.equal(
      await said(() => {}, { limitMs: 1_000 }),
      'error: cannot read gs://bucket/sp: no answer within 1s\n--request-timeout gives each request more time',
    )
  })

  it('whose list begins again and again is left', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end('{"items":[{"name":"sp/a","size":"1"}],"nextPageToken":"same"}')
    }
    const all = async () => {
      for await (const page of places().list('gs://bucket/sp')) assert.equal(page.length, 1)
    }
    assert.equal(await refusalOf(all()), 'error: cannot list gs://bucket/sp: the list begins again and again')
  })
})
