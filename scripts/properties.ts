import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { parseArgs } from 'node:util'

/** `npm run properties`: what has to hold whatever happens, tried with chance of its own; -- --seed N --times M */
const { values } = parseArgs({
  options: { seed: { type: 'string' }, times: { type: 'string', default: '20' } },
})
const seed = values.seed ?? String(1 + Math.floor(Math.random() * 1_000_000))
console.log(
  `seed ${seed}, ${values.times} times as much as npm test; again: npm run properties -- --seed ${seed}`,
)
const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/mocha/bin/mocha.js',
    ...['--no-config', '--no-package', '--timeout', '1800000'],
    ...globSync('test/**/*property.test.ts'),
  ],
  {
    stdio: 'inherit',
    env: { ...process.env, FLINKSP_PROPERTY_SEED: seed, FLINKSP_PROPERTY_TIMES: values.times },
  },
)
if (status !== 0) console.log(`it does not hold with seed ${seed}`)
process.exitCode = status ?? 1
