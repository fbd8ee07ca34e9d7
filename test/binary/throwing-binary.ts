import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Plugin } from 'esbuild'
import { binary } from '../../scripts/build/binary.ts'
import { bundle } from '../../scripts/build/bundle.ts'
import { isFresh } from '../../scripts/build/freshness.ts'

const output = resolve('dist/test/kubectl-flinksp')

/** A binary like the real one, whose `help` has a bug. */
export async function throwingBinary(): Promise<string> {
  if (isFresh(output)) return output
  await mkdir(dirname(output), { recursive: true })
  const bundled = await bundle({ entry: 'src/bin.ts', folder: `${output}.bundle`, plugins: [swapped] })
  await binary({ bundle: bundled, output, platform: { os: 'linux', arch: 'amd64' } })
  return output
}

const swapped: Plugin = {
  name: 'swapped',
  setup(build) {
    build.onResolve({ filter: /^\.\/help\.ts$/ }, ({ importer }) =>
      importer.endsWith('index.ts') ? { path: resolve('test/binary/throwing-help.ts') } : undefined,
    )
  },
}
