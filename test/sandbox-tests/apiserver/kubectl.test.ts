import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type ApiServer, startApiServer } from '../../sandbox/apiserver/start.ts'
import { flinkCluster, tokens } from './support.ts'

const kubectl = '/usr/bin/kubectl'
const crd = fileURLToPath(new URL('../../sandbox/crds/flinkcluster-spotify.yaml', import.meta.url))

interface Run {
  code: number
  out: string
  err: string
}

describe('the real kubectl works against the sandbox API server', () => {
  let server: ApiServer
  let home: string

  before(async function () {
    if (!existsSync(kubectl)) {
      console.log(`      skipped: ${kubectl} is not here`)
      this.skip()
    }
    home = await mkdtemp(join(tmpdir(), 'flinksp-kubectl-'))
    server = await startApiServer({ tokens })
    await writeFile(join(home, 'config'), server.kubeconfig())
    await writeFile(join(home, 'orders.json'), JSON.stringify(flinkCluster('orders')))
    assert.deepEqual(await run('apply', '-f', crd), {
      code: 0,
      out: 'customresourcedefinition.apiextensions.k8s.io/flinkclusters.flinkoperator.k8s.io created\n',
      err: '',
    })
  })
  after(async () => {
    await server?.close()
    if (home) await rm(home, { recursive: true })
  })
  afterEach(() => run('delete', 'flinkclusters,configmaps', '--all', '--wait=false'))

  const env = () => ({ PATH: process.env['PATH'], HOME: home, KUBECONFIG: join(home, 'config') })

  const run = (...args: string[]) => {
    const { promise, resolve } = Promise.withResolvers<Run>()
    execFile(kubectl, args, { env: env() }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    )
    return promise
  }
  const created = () => run('create', '-f', join(home, 'orders.json'))
  const ok = (out: string): Run => ({ code: 0, out, err: '' })
  const failed = (err: string): Run => ({ code: 1, out: '', err })
  const name = 'flinkcluster.flinkoperator.k8s.io/orders'

  it('to apply, again and again', async () => {
    const apply = () => run('apply', '-f', join(home, 'orders.json'))
    assert.deepEqual(await apply(), ok(`${name} created\n`))
    assert.deepEqual(await apply(), ok(`${name} unchanged\n`))
    await writeFile(join(home, 'other.json'), JSON.stringify(flinkCluster('orders', { parallelism: 2 })))
    assert.deepEqual(await run('apply', '-f', join(home, 'other.json')), ok(`${name} configured\n`))
    assert.deepEqual(await run('get', 'fc', 'orders', '-o', 'jsonpath={.spec.job.parallelism}'), ok('2'))
  })

  it('to get, in every form', async () => {
    await created()
    const table = await run('get', 'fc')
    assert.match(table.out, /^NAME {5}VERSION {3}STATUS {3}AGE\norders {3}1\.18 {15}\d+s\n$/)
    assert.match((await run('get', 'flinkclusters.flinkoperator.k8s.io', '-A')).out, /^NAMESPACE {3}NAME /)
    assert.deepEqual(await run('get', 'fcs', '-o', 'name'), ok(`${name}\n`))
    const json = await run('get', 'flinkcluster', 'orders', '-o', 'json')
    assert.equal(JSON.parse(json.out).spec.flinkVersion, '1.18')
    assert.match(
      (await run('get', 'fc', 'orders', '-o', 'yaml')).out,
      /^apiVersion: flinkoperator.k8s.io\/v1beta1\nkind: FlinkCluster\n/,
    )
  })

  it('to get nothing', async () => {
    assert.deepEqual(await run('get', 'fc'), {
      code: 0,
      out: '',
      err: 'No resources found in default namespace.\n',
    })
    assert.deepEqual(await run('get', 'fc', '-A'), { code: 0, out: '', err: 'No resources found\n' })
  })

  it('to describe', async () => {
    await created()
    const { code, out } = await run('describe', 'fc', 'orders')
    assert.equal(code, 0)
    assert.match(out, /^Name: {9}orders\nNamespace: {4}default\n/)
    assert.match(out, /\n {4}Savepoints Dir: +s3:\/\/bucket\/savepoints\n/)
    assert.match(out, /\nEvents: +<none>\n$/)
  })

  it('to patch, and is told that a strategic merge patch does not work', async () => {
    await created()
    const patch = (...args: string[]) => run('patch', 'fc', 'orders', ...args)
    const body = '{"spec":{"job":{"savepointGeneration":1}}}'
    assert.deepEqual(
      await patch('-p', body),
      failed(
        'error: application/strategic-merge-patch+json is not supported by flinkoperator.k8s.io/v1beta1, Kind=FlinkCluster: the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml\n',
      ),
    )
    assert.deepEqual(await patch('--type=merge', '-p', body, '--dry-run=server'), ok(`${name} patched\n`))
    assert.deepEqual(await patch('--type=merge', '-p', body), ok(`${name} patched\n`))
    assert.deepEqual(await patch('--type=merge', '-p', body), ok(`${name} patched (no change)\n`))
    const test = '[{"op":"test","path":"/spec/job/savepointGeneration","value":7}]'
    assert.deepEqual(
      await patch('--type=json', '-p', test),
      failed('The request is invalid: the server rejected our request due to an error in our request\n'),
    )
    const status = '{"status":{"state":"Running","components":{}}}'
    assert.deepEqual(
      await patch('--type=merge', '--subresource=status', '-p', status),
      ok(`${name} patched\n`),
    )
  })

  it('to annotate and label', async () => {
    await created()
    const control = 'flinkclusters.flinkoperator.k8s.io/user-control=savepoint'
    assert.deepEqual(await run('annotate', 'fc', 'orders', control), ok(`${name} annotated\n`))
    assert.deepEqual(
      await run('annotate', 'fc', 'orders', 'a=b', '--dry-run=server'),
      ok(`${name} annotated (server dry run)\n`),
    )
    assert.deepEqual(await run('label', 'fc', 'orders', 'team=x'), ok(`${name} labeled\n`))
    assert.deepEqual(await run('get', 'fc', '-l', 'team=x', '-o', 'name'), ok(`${name}\n`))
  })

  it('to delete, and waits until it is gone', async () => {
    await created()
    assert.deepEqual(
      await run('delete', 'fc', 'orders'),
      ok('flinkcluster.flinkoperator.k8s.io "orders" deleted\n'),
    )
    assert.deepEqual(
      await run('get', 'fc', 'orders'),
      failed('Error from server (NotFound): flinkclusters.flinkoperator.k8s.io "orders" not found\n'),
    )
  })

  it('to watch', async () => {
    await created()
    const watching = spawn(kubectl, ['get', 'fc', 'orders', '-w', '-o', 'name'], { env: env() })
    const lines = createInterface(watching.stdout)[Symbol.asyncIterator]()
    assert.equal((await lines.next()).value, name)
    await run('label', 'fc', 'orders', 'seen=yes')
    assert.equal((await lines.next()).value, name)
    watching.kill()
    await once(watching, 'close')
  })

  it('to wait for a status', async () => {
    await created()
    const waiting = run('wait', 'fc/orders', '--for=jsonpath={.status.state}=Running', '--timeout=10s')
    const status = '{"status":{"state":"Running","components":{}}}'
    await run('patch', 'fc', 'orders', '--type=merge', '--subresource=status', '-p', status)
    assert.deepEqual(await waiting, ok(`${name} condition met\n`))
  })

  it('to make objects of its own kinds, which it sends as protobuf', async () => {
    assert.deepEqual(await run('create', 'configmap', 'x', '--from-literal=a=b'), ok('configmap/x created\n'))
    assert.deepEqual(await run('get', 'configmap', 'x', '-o', 'jsonpath={.data}'), ok('{"a":"b"}'))
    assert.deepEqual(
      await run('create', 'configmap', 'x'),
      failed('error: failed to create configmap: configmaps "x" already exists\n'),
    )
  })

  it('to ask who may do what', async () => {
    assert.deepEqual(await run('auth', 'can-i', 'patch', 'fc', '--subresource=status'), ok('yes\n'))
    const bob = await run('auth', 'can-i', 'get', 'fc', '--as', 'bob')
    assert.deepEqual([bob.code, bob.out], [1, 'no\n'])
    assert.deepEqual(
      await run('get', 'fc', 'orders', '--context', 'bob'),
      failed(
        'Error from server (Forbidden): flinkclusters.flinkoperator.k8s.io "orders" is forbidden: User "bob" cannot get resource "flinkclusters" in API group "flinkoperator.k8s.io" in the namespace "default"\n',
      ),
    )
    assert.deepEqual(
      await run('get', 'fc', '--token', 'wrong'),
      failed('error: You must be logged in to the server (Unauthorized)\n'),
    )
  })

  it('to learn what there is', async () => {
    assert.match(
      (await run('api-resources', '--api-group=flinkoperator.k8s.io')).out,
      /\nflinkclusters {3}fc,fcs {7}flinkoperator\.k8s\.io\/v1beta1 {3}true {9}FlinkCluster\n$/,
    )
    assert.match(
      (await run('explain', 'fc.spec.job.savepointGeneration')).out,
      /\nFIELD: savepointGeneration <integer>\n/,
    )
    assert.deepEqual(
      await run('get', 'foos'),
      failed('error: the server doesn\'t have a resource type "foos"\n'),
    )
  })

  it('to be refused what the schema does not allow', async () => {
    await writeFile(join(home, 'bad.json'), JSON.stringify(flinkCluster('bad', { restartPolicy: 'Always' })))
    assert.deepEqual(
      await run('create', '-f', join(home, 'bad.json')),
      failed(
        'The FlinkCluster "bad" is invalid: spec.job.restartPolicy: Unsupported value: "Always": supported values: "Never", "FromSavepointOnFailure"\n',
      ),
    )
    await writeFile(
      join(home, 'typo.json'),
      JSON.stringify(flinkCluster('typo', { fromSavePoint: 's3://x' })),
    )
    assert.deepEqual(
      await run('create', '-f', join(home, 'typo.json')),
      failed(
        `Error from server (BadRequest): error when creating "${join(home, 'typo.json')}": FlinkCluster in version "v1beta1" cannot be handled as a FlinkCluster: strict decoding error: unknown field "spec.job.fromSavePoint"\n`,
      ),
    )
  })

  it('and sees warnings', async () => {
    const stop = server.faults.warn({ path: '/flinkclusters' }, 'flinkoperator.k8s.io is not what it was')
    const { err } = await run('get', 'fc')
    stop()
    assert.equal(
      err,
      'Warning: flinkoperator.k8s.io is not what it was\nNo resources found in default namespace.\n',
    )
  })
})
