import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { binary } from './build/binary.ts'
import { bundle, bundlePart } from './build/bundle.ts'
import { isFresh } from './build/freshness.ts'
import { here } from './build/platforms.ts'
import { proveItRuns } from './build/prove.ts'

const { values } = parseArgs({
  options: {
    entry: { type: 'string', default: 'src/bin.ts' },
    output: { type: 'string', default: 'dist/kubectl-flinksp' },
    'bundle-only': { type: 'boolean', default: false },
    'if-needed': { type: 'boolean', default: false },
  },
})

if (values['if-needed'] && isFresh(values.output)) process.exit(0)

const outfile = `${values.output}.cjs`

await mkdir(dirname(values.output), { recursive: true })
const parts = await bundle({ entry: values.entry, outfile })
for (const [name, entry] of parts) {
  const part = `${values.output}-${name}.cjs`
  await bundlePart(entry, part)
  parts.set(name, part)
}
if (!values['bundle-only']) {
  await binary({
    bundle: outfile,
    parts,
    output: values.output,
    platform: here,
  })
  const printed = await proveItRuns(values.output)
  const { size } = await stat(values.output)
  process.stderr.write(`${values.output}: ${(size / 1e6).toFixed(0)} MB, ${printed}\n`)
}
