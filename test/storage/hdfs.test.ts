import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { placesWith, refusalOf } from './here.ts'
import { placeContract } from './place-contract.ts'
import { serve } from './servers/http.ts'
import { refuse, startWebHdfs, type WebHdfs } from './servers/webhdfs.ts'

for (const old of [false, true])
  placeContract(`Savepoints in HDFS, by the WebHDFS of Hadoop ${old ? 2 : 3},`, async () => {
    const hdfs = await startWebHdfs({ old })
    return {
      places: placesWith({ FLINKSP_WEBHDFS_URL: hdfs.nameNode.url }),
      base: 'hdfs://namenode:8020/flink',
      put: async (path, bytes) => void hdfs.files.set(`/flink/${path}`, bytes),
      stop: hdfs.close,
    }
  })

describe('HDFS', () => {
  let hdfs: WebHdfs | undefined
  afterEach(() => hdfs?.close())

  const started = async (answer?: (request: IncomingMessage, response: ServerResponse) => boolean) => {
    hdfs = await startWebHdfs(answer && { refuse: answer })
    hdfs.files.set('/sp/_metadata', Buffer.from('hello'))
    return hdfs
  }
  const said = async (status: number, exception: string, message: string, question = 'status') => {
    const { nameNode } = await started((_, response) => {
      refuse(response, status, exception, message)
      return true
    })
    const places = placesWith({ FLINKSP_WEBHDFS_URL: nameNode.url })
    const work = question === 'status' ? places.status('hdfs:///sp') : places.remove('hdfs:///sp')
    const refusal = await refusalOf(work)
    await hdfs?.close()
    return refusal
  }

  it('is asked where webhdfs: says, as HADOOP_USER_NAME or the user of this machine', async () => {
    const { nameNode, dataNode } = await started()
    const location = `webhdfs://127.0.0.1:${nameNode.port}/sp`
    for (const env of [{}, { HADOOP_USER_NAME: 'flink' }]) {
      const { size, directory } = await placesWith(env).openMetadata(location)
      assert.deepEqual([size, directory], [5, location])
    }
    assert.deepEqual(
      nameNode.asked.filter(each => each.includes('GETFILESTATUS')),
      ['me', 'flink'].map(user => `GET /webhdfs/v1/sp/_metadata?op=GETFILESTATUS&user.name=${user}`),
    )
    assert.equal(dataNode.asked.length, 2)
  })

  it('that sends elsewhere is followed once, to http alone, and nothing of ours is told there', async () => {
    const headers: IncomingMessage['headers'][] = []
    const last = await serve((_, response) => response.end('caught'))
    const other = await serve((request, response) => {
      headers.push(request.headers)
      response.writeHead(307, { location: last.url }).end()
    })
    const sentTo = async (location: string) => {
      const { nameNode } = await started((_, response) => {
        response.writeHead(307, { location }).end()
        return true
      })
      const refusal = await refusalOf(placesWith({ FLINKSP_WEBHDFS_URL: nameNode.url }).status('hdfs:///sp'))
      await hdfs?.close()
      return refusal
    }
    assert.match(await sentTo(`${other.url}/x`), /^error: cannot read hdfs:\/\/\/sp: /)
    assert.match(await sentTo('file:///etc/passwd'), /the name node sends to no address/)
    assert.deepEqual([other.asked, last.asked], [['GET /x'], []])
    const ours = /authorization|cookie|proxy|token/i
    assert.deepEqual(
      Object.keys(headers[0] ?? {}).filter(name => ours.test(name)),
      [],
    )
    await Promise.all([last.close(), other.close()])
  })

  it('is not asked where a location names no host, or the variable no address', async () => {
    assert.equal(
      await refusalOf(placesWith({}).status('hdfs:///sp')),
      'error: cannot read hdfs:///sp: it names no name node\n' +
        'FLINKSP_WEBHDFS_URL=http://NAMENODE:9870 says where WebHDFS, or HttpFS, answers; or HADOOP_CONF_DIR, where hdfs-site.xml does',
    )
    assert.equal(
      await refusalOf(placesWith({ FLINKSP_WEBHDFS_URL: 'ftp://x' }).status('hdfs:///sp')),
      'error: FLINKSP_WEBHDFS_URL is no list of addresses: http://HOST:PORT,…',
    )
  })

  it('is asked at the next name node where one is in stand-by, or gone', async () => {
    const standby = await startWebHdfs({
      refuse: (_, response) => {
        refuse(response, 403, 'StandbyException', 'Operation category READ is not supported in state standby')
        return true
      },
    })
    const { nameNode } = await started()
    const FLINKSP_WEBHDFS_URL = `http://127.0.0.1:9, ${standby.nameNode.url},${nameNode.url}`
    assert.equal(await placesWith({ FLINKSP_WEBHDFS_URL }).sizeOf('hdfs:///sp/_metadata'), 5)
    const alone = placesWith({ FLINKSP_WEBHDFS_URL: standby.nameNode.url })
    assert.equal(
      await refusalOf(alone.status('hdfs:///sp')),
      'error: cannot read hdfs:///sp: the name node is in stand-by\nFLINKSP_WEBHDFS_URL takes several addresses, with commas',
    )
    await standby.close()
  })

  it('says why it gives nothing', async () => {
    assert.equal(
      await said(403, 'AccessControlException', 'Permission denied: user=me, access=READ\nat stack'),
      'error: cannot read hdfs:///sp: access denied: Permission denied: user=me, access=READ\nHADOOP_USER_NAME says as whom it is asked',
    )
    assert.equal(
      await said(401, '', ''),
      'error: cannot read hdfs:///sp: it asks for Kerberos, which is not spoken from here\n' +
        "FLINKSP_WEBHDFS_TOKEN takes a delegation token, for the servers of FLINKSP_WEBHDFS_URL or HADOOP_CONF_DIR: after kinit, curl --negotiate -u: 'http://NAMENODE:9870/webhdfs/v1/?op=GETDELEGATIONTOKEN' gives one (its urlString)\n" +
        'or read it where the job runs, or through an HttpFS that asks for no Kerberos (FLINKSP_WEBHDFS_URL)',
    )
    assert.equal(
      await said(403, 'SafeModeException', 'Cannot delete. Name node is in safe mode.', 'remove'),
      'error: cannot delete hdfs:///sp: the name node is in safe mode: it deletes nothing',
    )
    assert.equal(
      await said(503, '', ''),
      'error: cannot read hdfs:///sp: HDFS is too busy to answer (503)\ntry again in a while',
    )
    assert.equal(
      await said(500, 'IllegalStateException', 'no token=abcdef for http://h/p?delegation=SECRET&x=1'),
      'error: cannot read hdfs:///sp: IllegalStateException: no token=abcdef for http://h/p?…',
    )
  })

  it('that is not there says where it is looked for', async () => {
    const { nameNode } = await started()
    await hdfs?.close()
    assert.equal(
      await refusalOf(placesWith({}).status(`webhdfs://127.0.0.1:${nameNode.port}/sp`)),
      `error: cannot read webhdfs://127.0.0.1:${nameNode.port}/sp: connection refused (127.0.0.1:${nameNode.port})\n` +
        'FLINKSP_WEBHDFS_URL=http://NAMENODE:9870 says where WebHDFS, or HttpFS, answers',
    )
  })

  it('that is silent is not waited for without end, nor after Ctrl-C', async () => {
    const { nameNode } = await started(() => true)
    const env = { FLINKSP_WEBHDFS_URL: nameNode.url }
    assert.equal(
      await refusalOf(placesWith(env, { limitMs: 1_000 }).status('hdfs:///sp')),
      'error: cannot read hdfs:///sp: no answer within 1s\n--request-timeout gives each request more time',
    )
    const stop = new AbortController()
    const asked = refusalOf(placesWith(env, { interrupted: stop.signal }).status('hdfs:///sp'))
    stop.abort()
    assert.equal(await asked, 'error: interrupted')
  })
})
