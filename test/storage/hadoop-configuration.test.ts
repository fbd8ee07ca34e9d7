import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hdfsAddress } from '../../src/storage/hdfs/address.ts'
import { placesWith, refusalOf } from './here.ts'
import { refuse, startWebHdfs } from './servers/webhdfs.ts'

const file = (properties: Readonly<Record<string, string>>) =>
  `<?xml version="1.0"?>\n<?xml-stylesheet type="text/xsl" href="configuration.xsl"?>\n<!-- <property><name>no</name></property> -->\n<configuration>\n${Object.entries(
    properties,
  )
    .map(
      ([name, value]) =>
        `<property><name> ${name}\n</name><value>${value}</value><final>true</final></property>`,
    )
    .join('\n')}\n</configuration>\n`

const highlyAvailable = {
  'dfs.nameservices': 'prod, dev',
  'dfs.ha.namenodes.prod': 'nn1, nn2',
  'dfs.namenode.rpc-address.prod.nn1': 'one.example.com:8020',
  'dfs.namenode.rpc-address.prod.nn2': 'two.example.com:8020',
  'dfs.namenode.http-address.prod.nn1': 'one.example.com:50070',
  'dfs.namenode.http-address.prod.nn2': '0.0.0.0:50070',
  'dfs.namenode.https-address.prod.nn1': 'one.example.com:50470',
  'dfs.namenode.rpc-address.dev': 'dev.example.com:8020',
}

describe('The configuration of Hadoop on this machine', () => {
  let here: string
  beforeEach(() => {
    here = mkdtempSync(join(tmpdir(), 'flinksp-hadoop-'))
  })
  afterEach(() => rmSync(here, { recursive: true, force: true }))
  const written = (name: string, properties: Readonly<Record<string, string>>) =>
    writeFileSync(join(here, name), file(properties))

  const serversOf = (location: string, properties: Readonly<Record<string, string>>) =>
    hdfsAddress(location, {}, new Map(Object.entries(properties))).servers

  it('tells where the name nodes of a name service answer, highly available or not', () => {
    assert.deepEqual(serversOf('hdfs://prod/sp', highlyAvailable), [
      'http://one.example.com:50070',
      'http://two.example.com:50070',
    ])
    assert.deepEqual(serversOf('hdfs://dev/sp', highlyAvailable), ['http://dev.example.com:9870'])
    const defaults = { ...highlyAvailable, 'fs.defaultFS': 'hdfs://prod' }
    assert.deepEqual(serversOf('hdfs:///sp', defaults), serversOf('hdfs://prod/sp', defaults))
  })

  it('tells whether by https', () => {
    const secure = { ...highlyAvailable, 'dfs.http.policy': 'HTTPS_ONLY' }
    assert.deepEqual(serversOf('hdfs://prod/sp', secure), [
      'https://one.example.com:50470',
      'https://two.example.com:9871',
    ])
    const both = { ...highlyAvailable, 'dfs.http.policy': 'HTTP_AND_HTTPS' }
    assert.deepEqual(serversOf('hdfs://prod/sp', both)[0], 'http://one.example.com:50070')
  })

  it('tells the port of a name node that is named itself', () => {
    const one = { 'fs.defaultFS': 'hdfs://nn.example.com:8020', 'dfs.namenode.http-address': '0.0.0.0:50070' }
    for (const location of ['hdfs://nn.example.com:8020/sp', 'hdfs://nn.example.com/sp', 'hdfs:///sp'])
      assert.deepEqual(serversOf(location, one), ['http://nn.example.com:50070'], location)
    for (const location of ['hdfs://one.example.com:8020/sp', 'hdfs://one.example.com/sp'])
      assert.deepEqual(serversOf(location, highlyAvailable), ['http://one.example.com:50070'], location)
  })

  it('says nothing of other clusters, nor of webhdfs: locations', () => {
    assert.deepEqual(serversOf('hdfs://elsewhere:8020/sp', highlyAvailable), ['http://elsewhere:9870'])
    assert.deepEqual(serversOf('webhdfs://prod:80/sp', highlyAvailable), ['http://prod:80'])
  })

  it('is read from HADOOP_CONF_DIR or HADOOP_HOME: of two name nodes the active one answers', async () => {
    const standby = await startWebHdfs({
      refuse: (_, response) => {
        refuse(response, 403, 'StandbyException', 'Operation category READ is not supported in state standby')
        return true
      },
    })
    const hdfs = await startWebHdfs()
    try {
      hdfs.files.set('/sp/_metadata', Buffer.from('hello'))
      written('core-site.xml', { 'fs.defaultFS': 'hdfs://prod' })
      written('hdfs-site.xml', {
        ...highlyAvailable,
        'dfs.namenode.http-address.prod.nn1': `127.0.0.1:${standby.nameNode.port}`,
        'dfs.namenode.http-address.prod.nn2': `127.0.0.1:${hdfs.nameNode.port}`,
      })
      assert.equal(await placesWith({ HADOOP_CONF_DIR: here }).sizeOf('hdfs://prod/sp/_metadata'), 5)
      assert.equal(await placesWith({ HADOOP_CONF_DIR: here }).sizeOf('hdfs:///sp/_metadata'), 5)
      const home = join(here, 'home')
      mkdirSync(join(home, 'etc', 'hadoop'), { recursive: true })
      const address = `127.0.0.1:${hdfs.nameNode.port}`
      writeFileSync(
        join(home, 'etc/hadoop/hdfs-site.xml'),
        file({ 'dfs.nameservices': 'one', 'dfs.namenode.http-address.one': address }),
      )
      assert.equal(await placesWith({ HADOOP_HOME: home }).sizeOf('hdfs://one/sp/_metadata'), 5)
    } finally {
      await Promise.all([standby.close(), hdfs.close()])
    }
  })

  it('that is damaged is an error that names the file; one that is not there says nothing', async () => {
    writeFileSync(join(here, 'hdfs-site.xml'), '<configuration><property></configuration>')
    const said = await refusalOf(placesWith({ HADOOP_CONF_DIR: here }).status('hdfs://prod/sp'))
    assert.match(said, /^error: cannot use \S+\/hdfs-site\.xml: .*\nHADOOP_CONF_DIR names the directory of /)
    const none = await refusalOf(placesWith({ HADOOP_CONF_DIR: join(here, 'none') }).status('hdfs:///sp'))
    assert.match(none, /^error: cannot read hdfs:\/\/\/sp: it names no name node\n/)
  })

  it('that is damaged holds nobody up who says where WebHDFS answers', async () => {
    writeFileSync(join(here, 'hdfs-site.xml'), '<configuration><property></configuration>')
    const hdfs = await startWebHdfs()
    try {
      hdfs.files.set('/sp/_metadata', Buffer.from('hello'))
      const env = { HADOOP_CONF_DIR: here, FLINKSP_WEBHDFS_URL: hdfs.nameNode.url }
      assert.equal(await placesWith(env).sizeOf('hdfs://prod/sp/_metadata'), 5)
    } finally {
      await hdfs.close()
    }
  })

  it('expands no entities of its own, however many', async () => {
    const entities = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    writeFileSync(
      join(here, 'hdfs-site.xml'),
      `${entities}<configuration><property><name>dfs.nameservices</name><value>&b;</value></property></configuration>`,
    )
    const said = await refusalOf(placesWith({ HADOOP_CONF_DIR: here }).status('hdfs:///sp'))
    assert.match(said, /^error: cannot (read hdfs:\/\/\/sp: it names no name node|use )/)
  })
})

describe('A delegation token for HDFS with Kerberos', () => {
  const token = 'HAAEbWFyeQRtYXJ5AIoBj'

  it('is sent to the servers that the user has configured, in place of a name', async () => {
    const hdfs = await startWebHdfs()
    try {
      hdfs.files.set('/sp/_metadata', Buffer.from('hello'))
      const env = { FLINKSP_WEBHDFS_TOKEN: token, FLINKSP_WEBHDFS_URL: `${hdfs.nameNode.url}/` }
      assert.equal(await placesWith(env).sizeOf('hdfs://prod/sp/_metadata'), 5)
      assert.deepEqual(hdfs.nameNode.asked, [
        `GET /webhdfs/v1/sp/_metadata?op=GETFILESTATUS&delegation=${token}`,
      ])
    } finally {
      await hdfs.close()
    }
  })

  it('goes to no host because a location names it', async () => {
    const hdfs = await startWebHdfs()
    try {
      const location = `webhdfs://127.0.0.1:${hdfs.nameNode.port}/sp`
      await placesWith({ FLINKSP_WEBHDFS_TOKEN: token }).status(location)
      assert.deepEqual(hdfs.nameNode.asked, ['GET /webhdfs/v1/sp?op=GETFILESTATUS&user.name=me'])
    } finally {
      await hdfs.close()
    }
  })

  it('that has expired is told as such, and not shown', async () => {
    const hdfs = await startWebHdfs({
      refuse: (_, response) => {
        refuse(response, 403, 'InvalidToken', `token (token for mary: ${token}) can't be found in cache`)
        return true
      },
    })
    try {
      const env = { FLINKSP_WEBHDFS_TOKEN: token, FLINKSP_WEBHDFS_URL: hdfs.nameNode.url }
      const said = await refusalOf(placesWith(env).status('hdfs:///sp'))
      assert.match(
        said,
        /^error: cannot read hdfs:\/\/\/sp: the delegation token \(FLINKSP_WEBHDFS_TOKEN\) has expired, or is of another cluster\n/,
      )
      assert(!said.includes(token))
    } finally {
      await hdfs.close()
    }
  })

  it('works through a gateway below a path', () => {
    const { servers } = hdfsAddress('hdfs://prod/sp', {
      FLINKSP_WEBHDFS_URL: 'https://knox:8443/gateway/default/webhdfs/v1, http://httpfs:14000',
    })
    assert.deepEqual(servers, ['https://knox:8443/gateway/default', 'http://httpfs:14000'])
  })
})
