import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }
import { binary, ended } from './run.ts'

describe('the binary', () => {
  let empty: string
  beforeEach(() => {
    empty = mkdtempSync(join(tmpdir(), 'flinksp-empty-'))
  })
  afterEach(() => rmSync(empty, { recursive: true }))

  const versionLine = { exit: 0, stdout: `v${manifest.version}\n`, stderr: '' }

  it('runs alone: in an empty folder, with an empty home and nothing on PATH', async () => {
    const alone = { env: { HOME: empty, PATH: '' }, cwd: empty }
    assert.deepEqual(await ended(binary, ['version', '-o', 'name'], alone), versionLine)
  })

  it('does not listen to NODE_OPTIONS', async () => {
    const env = { NODE_OPTIONS: '--require /nowhere.js', HOME: empty }
    assert.deepEqual(await ended(binary, ['version', '-o', 'name'], { env }), versionLine)
  })

  it('takes every word for its own, also those that Node has a meaning for', async () => {
    const { exit, stderr } = await ended(binary, ['--version'], { env: { HOME: empty } })
    assert.deepEqual(
      { exit, stderr: stderr.split('\n')[0] },
      { exit: 2, stderr: 'error: unknown flag: --version' },
    )
  })

  it('loads what it needs for a bucket', async () => {
    const nobody = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'eu-west-1' }
    const env = { ...nobody, HOME: empty, AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1', AWS_MAX_ATTEMPTS: '1' }
    assert.deepEqual(await ended(binary, ['inspect', 's3://bucket/savepoint-1'], { env }), {
      exit: 1,
      stdout: '',
      stderr: 'error: cannot read s3://bucket/savepoint-1/_metadata: connection refused (127.0.0.1:1)\n',
    })
  })

  it('is found by kubectl as a plugin, which passes its exit code on', async function () {
    const folders = (process.env['PATH'] ?? '').split(delimiter)
    if (!folders.some(folder => existsSync(join(folder, 'kubectl')))) {
      console.log('skipped: kubectl is not here')
      this.skip()
    }
    const env = { HOME: empty, PATH: [dirname(binary), ...folders].join(delimiter) }
    assert.deepEqual(await ended('kubectl', ['flinksp', 'version', '-o', 'name'], { env }), versionLine)
    assert.equal((await ended('kubectl', ['flinksp', 'bogus'], { env })).exit, 2)
  })
})
