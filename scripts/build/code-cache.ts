import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { Script } from 'node:vm'
import { modelSavepoint } from './model-savepoint.ts'
import { startModelServer } from './model-server.ts'
import { rehearsals } from './rehearsals.ts'

/**
 * Run by the Node that goes into the executable: `code-cache.ts PROGRAM CACHE REHEARSAL`. Runs the commands of a rehearsal with the program,
 * against a small server, and writes what V8 compiled meanwhile. Node's own useCodeCache holds only what is compiled before anything
 * runs; this saves a tenth of the processor time of `history`.
 */
const [program = '', cache = '', rehearsal = ''] = process.argv.slice(2)
const rehearsed = rehearsals[rehearsal]
if (!rehearsed) throw new Error(`there is no rehearsal ${rehearsal}`)

// No wait runs out, however slow the machine: it would decide what is compiled.
const began = Date.now()
Date.now = () => began
const timer = globalThis.setTimeout
globalThis.setTimeout = ((due: () => void, ms = 0) => timer(due, ms * 1_000)) as typeof setTimeout

const home = mkdtempSync(join(tmpdir(), 'kubectl-flinksp-'))
const server = await startModelServer()
try {
  const script = new Script(readFileSync(program, 'latin1'), { filename: 'kubectl-flinksp.cjs' })
  const start = script.runInThisContext()
  writeFileSync(join(home, 'kubeconfig'), server.kubeconfig)
  // The home directory that Node tells is the developer's: what lay there of another build's server would be found.
  const env = { HOME: home, KUBECONFIG: join(home, 'kubeconfig'), KUBECACHEDIR: join(home, 'cache') }
  writeFileSync(join(home, '_metadata'), modelSavepoint())
  utimesSync(join(home, '_metadata'), began / 1_000 - 60, began / 1_000 - 60)
  // Several times: which answer comes first decides what is compiled, and here every order should have come.
  for (const words of Array.from({ length: 5 }, () => rehearsed).flat())
    await rehearse(
      start,
      words.map(word => word.replace('SAVEPOINT', home)),
      env,
    )
  // V8 writes its flags beside the code and takes it only with the same: the seed of the build is none of a user's.
  setFlagsFromString('--hash-seed=0')
  writeFileSync(cache, script.createCachedData())
} finally {
  server.close()
  rmSync(home, { recursive: true, force: true })
}

type Start = (require: NodeJS.Require, process: unknown) => void

/** Runs the program once, with a process that it can leave without ending this one. */
async function rehearse(start: Start, words: readonly string[], env: Record<string, string>): Promise<void> {
  let said = ''
  const stream = (isOut: boolean) => ({
    isTTY: false,
    on: () => undefined,
    write(text: string, written?: () => void) {
      if (isOut) said += text
      written?.()
      return true
    },
  })
  const code = await new Promise(exit => {
    const stage = {
      argv: ['', '', ...words],
      env,
      exit,
      on: () => undefined,
      stdout: stream(true),
      stderr: stream(false),
    }
    start(createRequire(import.meta.url), Object.create(process, Object.getOwnPropertyDescriptors(stage)))
  })
  if (code !== 0 || said === '')
    throw new Error(`rehearsing ${words.join(' ')}: it ended with ${code}, saying "${said}"`)
}
