import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { environment } from './environment.ts'
import { placesWith, refusalOf } from './here.ts'
import { type HttpServer, serve } from './servers/http.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const secret = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY'

/** As S3 says no; to HEAD it says nothing. */
function refused(status: number, code: string, message = code, headers: Record<string, string> = {}): Answer {
  return ({ method }, response) => {
    response.writeHead(status, { 'content-type': 'application/xml', ...headers })
    response.end(
      method === 'HEAD' ? undefined : `<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
    )
  }
}

describe('A bucket in S3', () => {
  let s3: HttpServer
  let answer: Answer
  before(async () => {
    s3 = await serve((request, response) => answer(request, response))
  })
  after(() => s3.close())
  beforeEach(() => {
    s3.asked.length = 0
    environment.set({
      AWS_ENDPOINT_URL: s3.url,
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: secret,
      AWS_REGION: 'eu-west-1',
    })
  })
  afterEach(() => environment.restore())

  const said = async (reply: Answer, more: Parameters<typeof placesWith>[1] = {}) => {
    answer = reply
    return await refusalOf(placesWith({}, more).status('s3a://bucket/sp'))
  }

  it('says whether the credentials have expired, are wrong, or may not', async () => {
    assert.equal(
      await said(refused(400, 'ExpiredToken', 'The provided token has expired.')),
      'error: cannot read s3a://bucket/sp: the AWS credentials have expired (ExpiredToken)\n' +
        'log in again: aws sso login, or whatever gave the credentials',
    )
    assert.equal(
      await said(refused(403, 'InvalidAccessKeyId')),
      'error: cannot read s3a://bucket/sp: the AWS credentials are not accepted (InvalidAccessKeyId)\n' +
        'AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, choose others',
    )
    assert.equal(
      await said(
        refused(
          403,
          'AccessDenied',
          'User: arn:aws:iam::1:user/me is not authorized to perform: s3:GetObject',
        ),
      ),
      'error: cannot read s3a://bucket/sp: access denied: User: arn:aws:iam::1:user/me is not authorized to perform: s3:GetObject\n' +
        'the AWS credentials found here need s3:GetObject; without s3:ListBucket, what is not there is denied too',
    )
    assert.equal(
      await said(refused(403, 'RequestTimeTooSkewed')),
      'error: cannot read s3a://bucket/sp: the clock of this machine is wrong (RequestTimeTooSkewed)',
    )
  })

  it('says that there are no credentials', async () => {
    environment.set({ AWS_ENDPOINT_URL: s3.url })
    assert.equal(
      await said(refused(403, 'AccessDenied')),
      'error: cannot read s3a://bucket/sp: no AWS credentials were found\n' +
        'log in (aws configure, aws sso login), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    )
    assert.deepEqual(s3.asked, [])
  })

  it('is asked again where it is busy, and then says so', async () => {
    assert.equal(
      await said(refused(503, 'SlowDown', 'Reduce your request rate')),
      'error: cannot read s3a://bucket/sp: the store is too busy to answer (503)\ntry again in a while',
    )
    assert.ok(s3.asked.length > 1, s3.asked.join('\n'))
  })

  it('is asked in the region where it turns out to be, once it has said so', async () => {
    const regions: string[] = []
    answer = (request, response) => {
      const [, region = ''] = /Credential=[^/]+\/\d+\/([^/]+)/.exec(request.headers.authorization ?? '') ?? []
      regions.push(`${request.method} ${region}`)
      if (region === 'ap-south-1') response.writeHead(200, { 'content-length': '7' }).end()
      else refused(301, 'PermanentRedirect', '', { 'x-amz-bucket-region': 'ap-south-1' })(request, response)
    }
    const places = placesWith({})
    assert.equal(await places.sizeOf('s3://bucket/a'), 7)
    assert.equal(await places.sizeOf('s3://bucket/b'), 7)
    assert.deepEqual(regions, ['HEAD eu-west-1', 'HEAD ap-south-1', 'HEAD ap-south-1'])
  })

  it('is asked in the region that only the answer to GET tells', async () => {
    const asked: string[] = []
    answer = (request, response) => {
      const [, region = ''] = /Credential=[^/]+\/\d+\/([^/]+)/.exec(request.headers.authorization ?? '') ?? []
      asked.push(`${request.method} ${region}`)
      if (region !== 'ap-south-1') {
        response.writeHead(400, { 'content-type': 'application/xml' })
        const words = '<Error><Code>AuthorizationHeaderMalformed</Code><Region>ap-south-1</Region></Error>'
        response.end(request.method === 'HEAD' ? undefined : words)
      } else if (request.method === 'HEAD') response.writeHead(200, { 'content-length': '7' }).end()
      else response.writeHead(206, { 'content-range': 'bytes 0-0/7', 'content-length': '1' }).end('.')
    }
    assert.equal(await placesWith({}).sizeOf('s3://bucket/a'), 7)
    assert.deepEqual(asked, ['HEAD eu-west-1', 'GET eu-west-1', 'GET ap-south-1', 'HEAD ap-south-1'])
  })

  it('is reached through the proxy of the environment', async () => {
    environment.set({
      AWS_ENDPOINT_URL: 'http://s3.invalid',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: secret,
    })
    answer = (_, response) => response.writeHead(200, { 'content-length': '7' }).end()
    assert.equal(await placesWith({ HTTP_PROXY: s3.url }).sizeOf('s3://bucket/a'), 7)
    assert.deepEqual(s3.asked, ['HEAD http://s3.invalid/bucket/a'])
  })

  it('in a region that no host can have is asked nowhere else', async () => {
    const elsewhere = { 'x-amz-bucket-region': 'evil.example/#' }
    assert.equal(
      await said(refused(301, 'PermanentRedirect', 'elsewhere', elsewhere)),
      'error: cannot read s3a://bucket/sp: the bucket bucket is in another region (301)\nset AWS_REGION to it',
    )
  })

  it('that sends to another host is not followed there', async () => {
    const other = await serve((_, response) => response.end('caught'))
    const location = `${other.url}/bucket/sp`
    await said(refused(307, 'TemporaryRedirect', 'Please re-send this request', { location }))
    assert.deepEqual(other.asked, [])
    await other.close()
  })

  it('that is silent, or sends a byte now and then, is not waited for without end', async () => {
    const late =
      'error: cannot read s3a://bucket/sp: no answer within 1s\n--request-timeout gives each request more time'
    assert.equal(await said(() => {}, { limitMs: 1_000 }), late)
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '70000', 'content-range': 'bytes 0-69999/70000' })
      const drip = setInterval(() => response.write('.'), 50)
      response.on('close', () => clearInterval(drip))
    }
    const file = placesWith({}, { limitMs: 1_000 }).openMetadata('s3a://bucket/sp/_metadata')
    assert.equal(await refusalOf(file), late.replace('sp:', 'sp/_metadata:'))
  })

  it('whose list begins again and again is left', async () => {
    answer = (_, response) =>
      response.end(
        '<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>same</NextContinuationToken><Contents><Key>sp/a</Key><Size>1</Size></Contents></ListBucketResult>',
      )
    const all = async () => {
      for await (const page of placesWith({}).list('s3://bucket/sp')) assert.equal(page.length, 1)
    }
    assert.equal(await refusalOf(all()), 'error: cannot list s3://bucket/sp: the list begins again and again')
  })

  it('is not believed where it lists what was not asked for', async () => {
    answer = (_, response) =>
      response.end(
        '<ListBucketResult><Contents><Key>other/x</Key></Contents><Contents><Key>sp/</Key></Contents><Contents><Key>sp/a</Key><Size>1</Size></Contents><CommonPrefixes><Prefix>sp/../../</Prefix></CommonPrefixes><CommonPrefixes><Prefix>sp/../</Prefix></CommonPrefixes></ListBucketResult>',
      )
    for await (const page of placesWith({}).list('s3://bucket/sp'))
      assert.deepEqual(page, [{ location: 's3://bucket/sp/a', kind: 'file', sizeBytes: 1, modifiedAt: 0 }])
  })

  it('is no host of somebody else', async () => {
    for (const location of ['s3:///sp', 's3://evil.example:80/sp', 's3://a@b/sp', 's3://-/sp'])
      assert.match(
        await refusalOf(placesWith({}).status(location)),
        /^error: cannot read .*: it names no bucket/,
      )
    assert.deepEqual(s3.asked, [])
  })

  it('is never told of with a secret in it', async () => {
    const all = [
      refused(
        403,
        'SignatureDoesNotMatch',
        `you sent ${secret}${secret}${secret} to /x?X-Amz-Signature=abc123`,
      ),
      refused(500, 'InternalError', `Authorization: Bearer ${secret} ?X-Amz-Security-Token=abc123`),
    ]
    for (const each of all) assert.doesNotMatch(await said(each), /EXAMPLEKEY|abc123/)
  })
})
