import { mkdir } from 'node:fs/promises'
import { cached, contents } from './cache.ts'
import { run } from './processes.ts'

/** Programs to build from the Go module proxy. */
export interface GoModule {
  /** Names it in the cache. */
  readonly name: string
  /** Folder that holds its go.mod and go.sum: the requirements of several would clash if merged. */
  readonly folder: string
  readonly packages: readonly string[]
  readonly ldflags?: (goMod: string) => string
}

// Without cgo no C compiler is asked for; without symbol tables linking is faster and the files a third smaller.
const environment = { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' }
const flags = ['-trimpath', '-buildvcs=false', '-ldflags']
const lean = '-s -w'

/** The folder with the programs, built once and kept. */
export async function builtGoModule(module: GoModule, say: (line: string) => void): Promise<string> {
  const [goMod = '', goSum = ''] = await contents(`${module.folder}/go.mod`, `${module.folder}/go.sum`)
  const ldflags = [lean, module.ldflags?.(goMod)].filter(Boolean).join(' ')
  const inputs = [goMod, goSum, ...flags, ldflags, ...module.packages, process.platform, process.arch]
  return cached(module.name, inputs, async directory => {
    const started = Date.now()
    say(`building ${module.packages.join(' ')}`)
    await mkdir(directory, { recursive: true })
    await run('go', ['build', ...flags, ldflags, '-o', `${directory}/`, ...module.packages], {
      cwd: module.folder,
      env: environment,
    })
    say(`built in ${Math.round((Date.now() - started) / 1000)} s`)
  })
}
