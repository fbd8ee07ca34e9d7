import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { failure } from '../../../src/domain/failure.ts'
import type { Places } from '../../../src/domain/places.ts'
import { placesFromHere } from '../../../src/storage/from-here.ts'
import * as w from '../../savepoint/writer.ts'
import { fakeWorld } from '../../support/fakes.ts'
import { type Ended, program } from '../../support/program.ts'

const source = '5900d2cb0a81c830ac5f9c198a565783'
const count = '5b61d6019ab04da71a4e62533c1a8c40'
const sink = '2e588ce1c86a9d46e2e85186773ce4fd'

const description = w.keyedDescription({ total: 'VALUE', '_timer_state/event': 'TIMERS' })

/** A native savepoint of Flink 2.0: two files beside it, one of which describes the keyed state, and one elsewhere. */
const orders = w.metadataOf({
  version: 5,
  checkpointId: 12,
  properties: w.properties('SavepointType', 'Suspend Savepoint', 'NATIVE'),
  operators: [
    { id: sink, name: 'Sink', parallelism: 1, subtasks: [{}] },
    {
      ...{ id: source, name: 'Source: \u001b[31mNumbers', uid: 'numbers', parallelism: 2 },
      coordinator: w.inline(Buffer.alloc(16)),
      subtasks: ['finished', { managedOperator: w.operatorHandle({ next: 0 }, w.inline(Buffer.alloc(204))) }],
    },
    {
      ...{ id: count, name: 'Count', uid: 'count', parallelism: 2, maxParallelism: 256 },
      subtasks: [
        {
          managedKeyed: w.incremental(
            11,
            w.relative('described', description.length),
            [],
            [w.relative('sst', 2048), w.absolute('s3://b/shared/sst', 4096)],
          ),
        },
      ],
    },
  ],
})

describe('inspect', () => {
  let here: string
  beforeEach(() => {
    objects = new Map()
    asked = []
    here = mkdtempSync(join(tmpdir(), 'flinksp-inspect-'))
    mkdirSync(join(here, 'sp'))
    const metadata = join(here, 'sp/_metadata')
    writeFileSync(metadata, orders)
    const at = Date.parse('2026-03-01T10:00:00Z') / 1000
    utimesSync(metadata, at, at)
    writeFileSync(join(here, 'sp/described'), description)
    writeFileSync(join(here, 'sp/sst'), Buffer.alloc(2048))
  })
  afterEach(() => rmSync(here, { recursive: true, force: true }))

  /** Sizes by location in an object store where nobody may read what is not among them, and what was asked for there. */
  let objects: Map<string, number>
  let asked: string[]

  const placesHere = (): Places => {
    const places = placesFromHere({ directory: here })
    return {
      ...places,
      async status(location) {
        if (!location.startsWith('s3:')) return await places.status(location)
        asked.push(location)
        await new Promise(setImmediate)
        const sizeBytes = objects.get(location)
        if (sizeBytes === undefined)
          throw failure('not-asked', `cannot read ${location}: nobody may read this bucket`)
        return { location, kind: 'file', sizeBytes }
      },
    }
  }

  const run = async (line: string, terminal = false): Promise<Ended> => {
    const world = fakeWorld({ places: placesHere() })
    const { exit, stdout, stderr } = await program(world, line, { terminal: { stdout: terminal } })
    return { exit, stdout: stdout.replaceAll(here, 'HERE'), stderr: stderr.replaceAll(here, 'HERE') }
  }

  const stateBytes = 204 + description.length + 2048 + 4096
  const head = `Location:    file:HERE/sp
Type:        savepoint, native, the job was to be stopped with it
Checkpoint:  12
Modified:    120m ago
Format:      version 5 (Flink 2.0)
State:       6.6Ki in 2 of 3 operators; 220 are held in _metadata
`

  it('shows a savepoint on a page, the operator with the most state first', async () => {
    assert.deepEqual(await run('inspect ./sp'), {
      exit: 0,
      stdout: `${head}Files:       3 files, 6.4Ki
Movable:     no: 1 reference to a file by its whole path

OPERATOR          PARALLELISM      MAX   STATE   STATES
Count             2                256   6.4Ki   total, timers
Source: Numbers   2 (1 finished)   128   204     next
Sink              1                128   0       <none>
`,
      stderr: '',
    })
  })

  it('shows sizes as bars on a terminal', async () => {
    const { stdout } = await run('inspect ./sp', true)
    assert.deepEqual(stdout.split('\n').slice(-5), [
      'OPERATOR          PARALLELISM      MAX   STATE                          STATES',
      'Count             2                256   6.4Ki   ████████████████████   total, timers',
      'Source: Numbers   2 (1 finished)   128   204     █                      next',
      'Sink              1                128   0                              <none>',
      '',
    ])
  })

  it('shows ids, uids, kinds and serializers with -o wide', async () => {
    const { exit, stdout, stderr } = await run('inspect ./sp/_metadata -o wide')
    assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
    const rows = stdout
      .split('\n')
      .slice(-5, -1)
      .map(line => line.split(/ {3,}/))
    assert.deepEqual(rows, [
      ['OPERATOR', 'ID', 'UID', 'PARALLELISM', 'MAX', 'STATE', 'KINDS', 'KEY', 'STATES'],
      [
        ...['Count', count, 'count', '2', '256', '6.4Ki', 'keyed=6.4Ki', 'String'],
        'total:VALUE(Long) _timer_state/event:TIMERS(Timer)',
      ],
      [
        ...['Source: Numbers', source, 'numbers', '2 (1 finished)', '128', '204'],
        ...['operator=204 coordinator=16', '<none>', 'next:SPLIT_DISTRIBUTE'],
      ],
      ['Sink', sink, '<none>', '1', '128', '0', '<none>', '<none>', '<none>'],
    ])
  })

  it('gives programs everything', async () => {
    const { stdout } = await run('inspect ./sp -o json')
    const { operators, ...whole } = JSON.parse(stdout)
    assert.deepEqual(whole, {
      ...{ apiVersion: 'flinksp/v1', kind: 'Inspection', location: 'file:HERE/sp' },
      ...{ sizeBytes: orders.length, modifiedAt: '2026-03-01T10:00:00Z' },
      ...{ formatVersion: 5, flinkVersions: '2.0', checkpointId: 12 },
      ...{ type: 'savepoint', format: 'NATIVE', stopped: 'suspended', toldFrom: 'properties' },
      masterStates: [],
      trailingBytes: whole.trailingBytes,
      handleTypes: { s0: 2, s1: 2, s2: 1, s6: 2, o4: 1, k0: 5, k11: 1 },
      ...{ relativeFiles: 2, absoluteFiles: 1, fileCount: 3, fileBytes: stateBytes - 204 },
      ...{ inlineBytes: 220, relocatable: false, stateBytes },
    })
    assert.deepEqual(operators[2], {
      ...{ id: count, name: 'Count', uid: 'count', parallelism: 2, maxParallelism: 256 },
      ...{ subtaskEntries: 1, finished: 0, fullyFinished: false },
      ...{ stateBytes: stateBytes - 204, coordinatorBytes: 0 },
      bytesByKind: {
        ...{ managedOperator: 0, rawOperator: 0, managedKeyed: stateBytes - 204, rawKeyed: 0 },
        ...{ inputChannel: 0, resultSubpartition: 0 },
      },
      hasState: true,
      keySerializer: { for: 'key', snapshot: snapshotOf('String'), version: 3 },
      states: [
        {
          ...{ name: 'total', scope: 'keyed', type: 'VALUE' },
          serializers: [
            { for: 'value', snapshot: snapshotOf('Long'), version: 3 },
            { for: 'namespace', snapshot: snapshotOf('VoidNamespace'), version: 3 },
          ],
        },
        {
          ...{ name: '_timer_state/event', scope: 'keyed', type: 'TIMERS' },
          serializers: [{ for: 'value', snapshot: snapshotOf('Timer'), version: 3 }],
        },
      ],
    })
    const ids = await run('inspect ./sp -o jsonpath={.operators[*].uid}')
    assert.equal(ids.stdout, ' numbers count')
    assert.equal((await run('inspect ./sp -o name')).stdout, 'file:HERE/sp\n')
  })

  it('--files lists what the savepoint needs, and what cannot be looked for is exit code 1, with the reason', async () => {
    const { exit, stdout, stderr } = await run('inspect ./sp --files')
    assert.deepEqual(
      { exit, stderr },
      {
        exit: 1,
        stderr:
          'error: it is not known whether file:HERE/sp is whole: of 3 files it needs, 1 could not be looked for\n',
      },
    )
    assert.match(stdout, /^Files: {7}3 files, 6[.]4Ki, 1 unknown$/m)
    assert.match(stdout, /^Unknown: {5}nobody may read this bucket$/m)
    assert.deepEqual(stdout.split('\n').slice(-5), [
      'FILE                SIZE   REFERENCES   STATE',
      's3://b/shared/sst   4Ki    1            unknown',
      `described           ${description.length}    1            present`,
      'sst                 2Ki    1            present',
      '',
    ])
    const { files } = JSON.parse((await run('inspect ./sp --files -o json')).stdout)
    assert.deepEqual(files[2], {
      ...{ path: 's3://b/shared/sst', location: 's3://b/shared/sst', sizeBytes: 4096, references: 1 },
      ...{ state: 'unknown', reason: 'nobody may read this bucket' },
    })
  })

  it('--files is exit code 0 where all is there', async () => {
    objects.set('s3://b/shared/sst', 4096)
    const { exit, stdout, stderr } = await run('inspect ./sp --files')
    assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
    assert.match(stdout, /^Files: {7}3 files, 6[.]4Ki, all there$/m)
  })

  it('--files asks a file system no more that has failed eight times in a row', async () => {
    const streams = Array.from({ length: 500 }, (_, at) => w.absolute(`s3://b/${at}`, 1))
    const managedKeyed = w.incremental(11, w.none, streams, [])
    writeFileSync(
      join(here, 'sp/_metadata'),
      w.metadataOf({ version: 6, operators: [{ id: count, subtasks: [{ managedKeyed }] }] }),
    )
    const { exit, stdout } = await run('inspect ./sp --files -o json')
    const files: { state: string; reason: string }[] = JSON.parse(stdout).files
    assert.deepEqual([exit, new Set(files.map(({ state }) => state))], [1, new Set(['unknown'])])
    assert.equal(files.at(-1)?.reason, 'not looked for after 8 failures: nobody may read this bucket')
    // Those that were on their way at once are let go.
    assert(asked.length < 100, `${asked.length} were asked for`)
  })

  it('--files lists a thousand on a page, what is missing first, and all for programs', async () => {
    const streams = Array.from({ length: 1_500 }, (_, at) => w.absolute(`s3://b/${at}`, 1))
    const managedKeyed = w.incremental(11, w.none, [...streams, w.relative('gone', 1)], [])
    const operators = [{ id: count, subtasks: [{ managedKeyed }] }]
    writeFileSync(join(here, 'sp/_metadata'), w.metadataOf({ version: 6, operators }))
    const { exit, stdout } = await run('inspect ./sp --files')
    const lines = stdout.split('\n').slice(stdout.split('\n').findIndex(line => line.startsWith('FILE')))
    assert.deepEqual([exit, lines.length], [3, 1 + 1_000 + 2])
    assert.match(lines[1] ?? '', /^gone .* missing$/)
    assert.equal(lines.at(-2), '501 more files: -o json lists them all')
    assert.equal(JSON.parse((await run('inspect ./sp --files -o json')).stdout).files.length, 1_501)
  })

  it('--files is exit code 3 where a file is missing or has another size, and shows all the same', async () => {
    rmSync(join(here, 'sp/sst'))
    truncateSync(join(here, 'sp/described'), 20)
    const { exit, stdout, stderr } = await run('inspect ./sp --files')
    assert.equal(exit, 3)
    assert.equal(
      stderr,
      'error: file:HERE/sp is not whole: of 3 files it needs, 1 missing and 1 of the wrong size\n',
    )
    assert.deepEqual(
      stdout
        .split('\n')
        .slice(-5, -1)
        .map(line => line.split(/ {3,}/)),
      [
        ['FILE', 'SIZE', 'REFERENCES', 'STATE'],
        ['sst', '2Ki', '1', 'missing'],
        ['described', `${description.length}`, '1', `wrong size: 20 bytes, not ${description.length}`],
        ['s3://b/shared/sst', '4Ki', '1', 'unknown'],
      ],
    )
    const machines = await run('inspect ./sp --files -o jsonpath={.files[*].state}')
    assert.deepEqual([machines.exit, machines.stdout], [3, 'wrong size missing unknown'])
  })

  it('opens no file but those beside _metadata, whatever it names', async () => {
    const opened: string[] = []
    const local = placesFromHere({ directory: here })
    const places = { ...local, headOf: async (location: string) => void opened.push(location) }
    const managedKeyed = (stream: Buffer) => ({ managedKeyed: w.keyGroups(3, stream) })
    const streams = [w.relative('../secret', 1), w.absolute('/etc/shadow', 1), w.relative('beside', 1)]
    const operators = streams.map(stream => ({ id: count, subtasks: [managedKeyed(stream)] }))
    writeFileSync(join(here, 'sp/_metadata'), w.metadataOf({ version: 4, operators }))
    const { exit } = await program(fakeWorld({ places }), 'inspect ./sp')
    assert.deepEqual([exit, opened], [0, [`file:${here}/sp/beside`]])
  })

  it("looks into merged files, where they lie in the directories of the checkpoint's own job, and at their own part alone", async () => {
    const job = join(here, 'job')
    const description = w.keyedDescription({ merged: 'VALUE' })
    for (const directory of ['job/chk-3', 'job/taskowned/tm', 'job/shared', 'other/shared'])
      mkdirSync(join(here, directory), { recursive: true })
    const bytes = Buffer.concat([Buffer.alloc(70_000), description, w.keyedState('of another', 'VALUE')])
    const paths = ['job/taskowned/tm/1', 'job/shared/2', 'other/shared/3', 'job/4']
    for (const path of paths) writeFileSync(join(here, path), bytes)
    const all = [...paths.map(path => `file:${here}/${path}`), `file:${job}/shared/../../other/shared/3`]
    const operators = all.map(path => ({
      id: count,
      subtasks: [{ managedKeyed: w.incremental(11, w.segment(path, 70_000, description.length), [], []) }],
    }))
    writeFileSync(join(job, 'chk-3/_metadata'), w.metadataOf({ version: 4, operators }))
    const { exit, stdout } = await run('inspect ./job/chk-3 -o json')
    const names = (JSON.parse(stdout).operators as { states: { name: string }[] }[]).map(({ states }) =>
      states.map(({ name }) => name),
    )
    assert.deepEqual([exit, names], [0, [['merged'], ['merged'], [], [], []]])
  })

  it('tells by the name of the directory what old files do not say', async () => {
    writeFileSync(join(here, 'sp/_metadata'), w.metadataOf({ version: 2 }))
    assert.match((await run('inspect ./sp')).stdout, /^Type: +<unknown>$/m)
    mkdirSync(join(here, 'chk-3'))
    writeFileSync(join(here, 'chk-3/_metadata'), w.metadataOf({ version: 2 }))
    assert.match(
      (await run('inspect ./chk-3')).stdout,
      /^Type: +checkpoint, told from the name of its directory$/m,
    )
  })

  it('refuses what is no savepoint, or damaged, with exit code 1', async () => {
    truncateSync(join(here, 'sp/_metadata'), 100)
    const cut = await run('inspect ./sp -o json')
    assert.deepEqual([cut.exit, cut.stdout], [1, ''])
    assert.match(cut.stderr, /^error: cannot read HERE\/sp\/_metadata: it is damaged at byte \d+: /)
    assert.deepEqual(await run('inspect ./sp/sst'), {
      exit: 1,
      stdout: '',
      stderr:
        'error: cannot read HERE/sp/sst: this is no _metadata file of Flink: it does not begin as one\n',
    })
  })

  it('spares memory where each of many files is looked for, and speed everywhere else', async () => {
    const spared: string[] = []
    const subtasks = [{ managedKeyed: w.keyGroups(3, w.inline(Buffer.alloc(9 * 1024 * 1024))) }]
    writeFileSync(join(here, 'long'), w.metadataOf({ version: 4, operators: [{ id: count, subtasks }] }))
    for (const line of ['./sp --files', './long', './long --files']) {
      const world = fakeWorld({ places: placesFromHere({ directory: here }) })
      await program({ ...world, spareMemory: async () => void spared.push(line) }, `inspect ${line}`)
    }
    assert.deepEqual(spared, ['./long --files'])
  })

  it('ends after Ctrl-C', async () => {
    const world = fakeWorld({ places: placesFromHere({ directory: here }) })
    world.interrupt()
    assert.equal((await program(world, 'inspect ./sp')).exit, 130)
  })

  it('has to be told which savepoint, by a location or by a job and one of its savepoints', async () => {
    const usage = async (line: string) => {
      const { exit, stderr } = await run(line)
      assert.equal(exit, 2)
      return stderr.split('\n')[0]
    }
    const messages = {
      inspect: 'you must name a savepoint: LOCATION, or a JOB and one of its savepoints',
      'inspect /a /b': 'inspect shows one savepoint at a time',
      'inspect orders latest /b': 'inspect shows one savepoint at a time',
      'inspect orders': 'say which savepoint: latest, latest~1, gen:12, a name or a location',
      'inspect orders ': 'the savepoint is empty',
      'inspect latest': 'of which job? kubectl flinksp inspect JOB latest',
      'inspect name:before': 'of which job? kubectl flinksp inspect JOB name:before',
      'inspect savepoint-c0c55c-63ed75ba89c1':
        'savepoint-c0c55c-63ed75ba89c1 is no job: if it is a savepoint here, say ./savepoint-c0c55c-63ed75ba89c1',
      'inspect ./sp latest':
        '"latest" is no location: without a JOB in front, a savepoint is named by its location',
      'inspect orders #12': '"#12" names no savepoint',
      'inspect ./sp --diff': '--diff compares two savepoints: LOCATION LOCATION',
      'inspect orders latest --diff': '--diff compares two savepoints: JOB A B',
      'inspect ./sp ./sp --diff --files': '--files and --diff exclude each other',
    }
    for (const [line, message] of Object.entries(messages))
      assert.equal(await usage(line), `error: ${message}`, line)
  })
})

function snapshotOf(what: string): string {
  return `org.example.${what}Serializer$${what}SerializerSnapshot`
}
