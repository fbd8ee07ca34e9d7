import { join } from 'node:path'
import { startServer } from '../test/e2e/server.ts'
import { measureStartUp } from './bench/start-up.ts'

const binary = join(import.meta.dirname, '..', 'dist', 'kubectl-flinksp')
const runs = Number(process.argv[2] ?? 25)
const server = await startServer()
try {
  await server.install('spotify')
  console.log(await measureStartUp(server, binary, runs))
  console.log((await server.controlPlane.requests('admin')).slice(-12))
} finally {
  await server.stop()
}
