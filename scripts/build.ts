import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { binary } from './build/binary.ts'
import { bundle } from './build/bundle.ts'
import { isFresh } from './build/freshness.ts'
import { here } from './build/platforms.ts'
import { proveItRuns } from './build/prove.ts'

const { values } = parseArgs({
  options: {
    entry: { type: 'string', default: 'src/bin.ts' },
    output: { type: 'string', default: 'dist/kubectl-flinksp' },
    'if-needed': { type: 'boolean', default: false },
  },
})

if (values['if-needed'] && isFresh(values.output)) process.exit(0)

await mkdir(dirname(values.output), { recursive: true })
const bundled = await bundle({ entry: values.entry, folder: `${values.output}.bundle` })
await binary({ bundle: bundled, output: values.output, platform: here })
const printed = await proveItRuns(values.output)
const { size } = await stat(values.output)
process.stderr.write(`${values.output}: ${(size / 1e6).toFixed(0)} MB, ${printed}\n`)
