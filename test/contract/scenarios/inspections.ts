import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { documentOf } from '../documents.ts'
import type { Scenario } from '../scenario.ts'

export const inspections: readonly Scenario[] = [
  {
    title: 'inspect shows what is in a savepoint that was taken, and asks no server',
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
]
