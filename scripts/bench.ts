import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runJob } from '../test/e2e/flink-clusters.ts'
import { startServer } from '../test/e2e/server.ts'
import { startStubStack } from '../test/e2e/stack.ts'
import { measureReaction } from './bench/reaction.ts'
import { report } from './bench/report.ts'
import { countRequests } from './bench/requests.ts'
import { measureStartUp, type StartUp } from './bench/start-up.ts'

/** `npm run bench [RUNS]`: measures the built binary on the real control plane, and writes docs/benchmarks.md. */
const runs = Number(process.argv[2] ?? 25)
const binary = join(import.meta.dirname, '..', 'dist', 'kubectl-flinksp')

const startUp = await onEmptyServer()
const measured = { binary, startUp, ...(await withOperator()) }
writeFileSync('docs/benchmarks.md', report(measured))
console.log(report(measured))

async function onEmptyServer(): Promise<StartUp> {
  const server = await startServer()
  try {
    await server.install('spotify')
    return await measureStartUp(server, binary, runs)
  } finally {
    await server.stop()
  }
}

async function withOperator() {
  const stack = await startStubStack({ dialect: 'spotify' })
  try {
    await runJob(stack, {
      name: 'orders',
      jarFile: '/opt/job.jar',
      className: 'org.example.Orders',
      args: [],
      savepointsDir: `file://${stack.directory}/savepoints`,
    })
    const asked = await countRequests(stack, binary, 'orders')
    return { asked, reaction: await measureReaction(stack, binary, 'orders', runs) }
  } finally {
    await stack.stop()
  }
}
