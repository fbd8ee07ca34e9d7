import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runJob } from '../test/e2e/flink-clusters.ts'
import { startServer } from '../test/e2e/server.ts'
import { startStubStack } from '../test/e2e/stack.ts'
import { flinkDeploymentSection } from './bench/flink-deployment.ts'
import { historyManySection } from './bench/history-many-section.ts'
import { inspectSection } from './bench/inspect-section.ts'
import { createJob } from './bench/job.ts'
import { byAnnotation, measureReaction } from './bench/reaction.ts'
import { report } from './bench/report.ts'
import { commandsOf, countRequests } from './bench/requests.ts'
import { measureStartUp, type StartUp } from './bench/start-up.ts'
import { takeManySection } from './bench/take-many.ts'

/**
 * `npm run bench -- [RUNS] [--only PART]`: measures the built binary, and writes docs/benchmarks.md; most of it on the real
 * control plane. A part that is measured alone is put into its place there.
 */
const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: 'string' } } })
const runs = Number(positionals[0] ?? 25)
const binary = join(import.meta.dirname, '..', 'dist', 'kubectl-flinksp')
const page = 'docs/benchmarks.md'

/** What needs nothing of the rest; each gives a section of the page, with its heading. */
const parts: Readonly<Record<string, () => Promise<string>>> = {
  'flink-deployment': () => flinkDeploymentSection(binary, runs),
  'history-many': () => historyManySection(binary),
  inspect: () => inspectSection(binary),
  'take-many': () => takeManySection(binary),
}

const text = values.only === undefined ? await whole() : await onlyPart(values.only)
writeFileSync(page, text)
console.log(text)

async function whole(): Promise<string> {
  const startUp = await onEmptyServer()
  const sections = [report({ binary, startUp, ...(await withOperator()) })]
  for (const part of Object.values(parts)) sections.push(await part())
  return sections.join('\n')
}

async function onlyPart(name: string): Promise<string> {
  const part = parts[name]
  if (!part) throw new Error(`--only: ${name} is none of ${Object.keys(parts).join(', ')}`)
  const section = await part()
  const [heading] = section.split('\n')
  const others = readFileSync(page, 'utf8')
    .split(/^(?=## )/m)
    .filter(each => !each.startsWith(`${heading}\n`))
  return [...others.map(each => `${each.trimEnd()}\n`), section].join('\n')
}

async function onEmptyServer(): Promise<StartUp> {
  const server = await startServer()
  try {
    await server.install('spotify')
    await createJob(server.controlPlane.api, 'wordcount')
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
    const asked = await countRequests(
      stack,
      binary,
      commandsOf('flinkcluster/orders', 'annotation', 'generation'),
    )
    return { asked, reaction: await measureReaction(stack, binary, byAnnotation, runs) }
  } finally {
    await stack.stop()
  }
}
