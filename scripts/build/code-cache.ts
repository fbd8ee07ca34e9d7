import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { Script } from 'node:vm'
import { modelSavepoint } from './model-savepoint.ts'
import { startModelServer } from './model-server.ts'
import { cacheName, type Rehearsed, rehearsals, textsIn } from './rehearsals.ts'

/**
 * Run by the Node that goes into the executable: `code-cache.ts FOLDER REHEARSAL`. Runs the commands of a rehearsal with the texts in
 * the folder, against a small server, and writes there what V8 compiled of them meanwhile. Node's own useCodeCache holds only what is
 * compiled before anything runs; this saves a tenth of the processor time of `history`.
 */
const [folder = '', rehearsal = ''] = process.argv.slice(2)
const rehearsed = rehearsals[rehearsal]
if (!rehearsed) throw new Error(`there is no rehearsal ${rehearsal}`)

// No wait runs out, however slow the machine: it would decide what is compiled. For the same reason each run begins as a process does.
const began = Date.now()
Date.now = () => began
const timer = globalThis.setTimeout
globalThis.setTimeout = ((due: () => void, ms = 0) => timer(due, ms * 1_000)) as typeof setTimeout

const scripts = Object.fromEntries(
  textsIn(folder).map(name => [name, new Script(readFileSync(join(folder, `${name}.cjs`), 'latin1'))]),
)
const require = createRequire(import.meta.url)
const home = mkdtempSync(join(tmpdir(), 'kubectl-flinksp-'))
const server = await startModelServer()
try {
  const start = scripts['program']?.runInThisContext()
  writeFileSync(join(home, 'kubeconfig'), server.kubeconfig)
  // The home directory that Node tells is the developer's: what lay there of another build's server would be found.
  const env = { HOME: home, KUBECONFIG: join(home, 'kubeconfig'), KUBECACHEDIR: join(home, 'cache') }
  writeFileSync(join(home, '_metadata'), modelSavepoint())
  utimesSync(join(home, '_metadata'), began / 1_000 - 60, began / 1_000 - 60)
  // Several times: which answer comes first decides what is compiled, and here every order should have come.
  for (const command of Array.from({ length: 5 }, () => rehearsed).flat()) await rehearse(start, command, env)
  // V8 writes its flags beside the code and takes it only with the same: the seed of the build is none of a user's.
  setFlagsFromString('--hash-seed=0')
  for (const [name, script] of Object.entries(scripts))
    writeFileSync(join(folder, cacheName(rehearsal, name)), script.createCachedData())
} finally {
  server.close()
  rmSync(home, { recursive: true, force: true })
}

type Start = (require: NodeJS.Require, process: unknown, load: typeof loadPart) => void

/** Runs the program once, with a process that it can leave without ending this one. */
async function rehearse(
  start: Start,
  { words, alone }: Rehearsed,
  env: Record<string, string>,
): Promise<void> {
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
      argv: ['', '', ...words.map(word => word.replace('SAVEPOINT', home))],
      env,
      exit,
      uptime: () => 0,
      on: () => undefined,
      stdout: stream(true),
      stderr: stream(false),
    }
    const staged = Object.create(process, Object.getOwnPropertyDescriptors(stage))
    start(require, staged, alone ? noPart : loadPart)
  })
  if (code !== 0 || said === '')
    throw new Error(`rehearsing ${words.join(' ')}: it ended with ${code}, saying "${said}"`)
}

function noPart(name: string): never {
  const why = 'what it imports dynamically belongs to those in rest.ts'
  process.stderr.write(`rehearsing ${rehearsal}: the ${name} of the program was asked for; ${why}\n`)
  process.exit(1)
}

function loadPart(name: string, shared: unknown): unknown {
  if (name !== 'rest') throw new Error(`rehearsing ${rehearsal}: ${name} was asked for`)
  const module = { exports: {} }
  scripts['rest']?.runInThisContext()(module.exports, require, module, loadPart, shared)
  return module.exports
}
