import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { anyJobs } from '../any-kind.ts'
import { documentOf } from '../documents.ts'
import { everyKind, type Scenario } from '../scenario.ts'

export const inspections: readonly Scenario[] = [
  {
    title: 'inspect shows what is in a savepoint that was taken, and asks no server',
    on: everyKind,
    play: async ({ directory, job, run }) => {
      await job()
      await run('take orders')
      const [name] = (await readdir(join(directory, 'orders'))).filter(each => each.startsWith('savepoint-'))
      const line = `inspect DIR/orders/${name} --files --server https://127.0.0.1:1`
      const { exit, stdout, stderr } = await run(`${line} -o json`)
      assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
      const { kind, location, formatVersion, files, operators } = documentOf(stdout) as Record<
        string,
        unknown
      >
      assert.deepEqual(
        { kind, location, formatVersion, files },
        { kind: 'Inspection', location: 'file:DIR/orders/SAVEPOINT-1', formatVersion: 4, files: [] },
      )
      assert.equal((operators as { states: { name: string }[] }[])[0]?.states[0]?.name, 'counter')
      const page = await run(line)
      assert.match(
        page.stdout,
        /^Location: +file:DIR\/orders\/SAVEPOINT-1\n(.*\n)+\nOPERATOR +PARALLELISM +MAX +STATE +STATES\n/,
      )
      assert.equal((await run('inspect DIR/orders/nothing')).exit, 1)
    },
  },
  {
    title: "inspect shows a job's savepoint as its JobManager's pod has it, whatever names it",
    on: everyKind,
    play: async ({ job, run }) => {
      await job()
      await run('take flinkcluster/orders --name before')
      await run('take flinkcluster/orders')
      const locationOf = async (savepoint: string) => {
        const { exit, stdout, stderr } = await run(`inspect flinkcluster/orders ${savepoint} --files -o json`)
        // Flink's own list adds nothing here: a proxy that still leads to a JobManager of before may leave it out.
        const others = stderr.replace(/^Flink's own list \(REST\) .*\n/gm, '')
        assert.deepEqual({ exit, stderr: others }, { exit: 0, stderr: '' })
        const { kind, location, savepoint: known, operators } = documentOf(stdout)
        assert.deepEqual(
          [kind, (known as { location: string }).location, (operators as unknown[]).length],
          ['Inspection', location, 1],
        )
        return String(location)
      }
      assert.equal(await locationOf('before'), 'file:DIR/orders/SAVEPOINT-1')
      assert.equal(await locationOf('latest~1'), 'file:DIR/orders/SAVEPOINT-1')
      assert.equal(await locationOf('latest'), 'file:DIR/orders/SAVEPOINT-2')
    },
  },
  {
    title: 'inspect --diff says what changed between two savepoints of a job',
    on: everyKind,
    play: async ({ job, run }) => {
      await job()
      await run('take orders')
      await run('take orders')
      const { exit, stdout, stderr } = await run('inspect orders latest~1 latest --diff')
      assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
      assert.match(
        stdout,
        /^From: +file:DIR\/orders\/SAVEPOINT-1 \(checkpoint \d+, .* ago\)\nTo: +file:DIR\/orders\/SAVEPOINT-2 \(checkpoint \d+, .* ago\)\nState: +\d+\nOperators: +1 the same\n$/,
      )
    },
  },
  {
    title: 'inspect needs the right to run commands in the pod, and says so',
    on: everyKind,
    play: async ({ job, run, grant }) => {
      await job()
      await run('take orders')
      await grant('without-exec', [
        ...anyJobs,
        { apiGroups: [''], resources: ['configmaps', 'services/proxy'], verbs: ['get'] },
        { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
      ])
      const { exit, stdout, stderr } = await run('inspect orders latest', 'without-exec')
      assert.deepEqual({ exit, stdout }, { exit: 1, stdout: '' })
      assert.match(
        stderr,
        /^error: cannot read DIR\/orders\/SAVEPOINT-1\/_metadata in the job's pod: Error from server \(Forbidden\): pods "\S+" is forbidden: User "without-exec" cannot (get|create) resource "pods\/exec" in API group "" in the namespace "NAMESPACE"\n.*pods\/exec/,
      )
    },
  },
]
