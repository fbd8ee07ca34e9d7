import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runJob } from '../test/e2e/flink-clusters.ts'
import { startStubStack } from '../test/e2e/stack.ts'
import { flinkDeploymentSection } from './bench/flink-deployment.ts'
import { historyManySection } from './bench/history-many-section.ts'
import { inspectSection } from './bench/inspect-section.ts'
import { byAnnotation, measureReaction } from './bench/reaction.ts'
import { report } from './bench/report.ts'
import { commandsOf, countRequests } from './bench/requests.ts'
import { startUpSection } from './bench/start-up.ts'
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
const parts = {
  'start-up': () => startUpSection(binary, runs),
  'flink-deployment': () => flinkDeploymentSection(binary, runs),
  'history-many': () => historyManySection(binary),
  inspect: () => inspectSection(binary),
  'take-many': () => takeManySection(binary),
} satisfies Readonly<Record<string, () => Promise<string>>>

const text = values.only === undefined ? await whole() : await onlyPart(values.only)
writeFileSync(page, text)
console.log(text)

async function whole(): Promise<string> {
  const { 'start-up': startUp, ...others } = parts
  const sections = [report({ binary, startUp: await startUp(), ...(await withOperator()) })]
  for (const part of Object.values(others)) sections.push(await part())
  return sections.join('\n')
}

async function onlyPart(name: string): Promise<string> {
  const part = new Map(Object.entries(parts)).get(name)
  if (!part) throw new Error(`--only: ${name} is none of ${Object.keys(parts).join(', ')}`)
  const section = await part()
  const [heading] = section.split('\n')
  const sections = readFileSync(page, 'utf8').split(/^(?=## )/m)
  const at = sections.findIndex(each => each.startsWith(`${heading}\n`))
  const others = sections.map(each => `${each.trimEnd()}\n`)
  return (at < 0 ? [...others, section] : others.with(at, section)).join('\n')
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
