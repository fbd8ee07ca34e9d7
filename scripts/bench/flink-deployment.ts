import { runExamples } from '../../test/e2e/apache/examples.ts'
import { startServer } from '../../test/e2e/server.ts'
import { startStubStack } from '../../test/e2e/stack.ts'
import { createDeployment } from './job.ts'
import { bySnapshot, measureReaction, type Reaction } from './reaction.ts'
import { requestRows } from './report.ts'
import { type Asked, commandsOf, countRequests } from './requests.ts'
import { type HistoryBesideGet, measureHistory, ratios, row } from './start-up.ts'

/** The page's first three sections once more, for a FlinkDeployment of the simulated Apache operator 1.15. */
export async function flinkDeploymentSection(binary: string, runs: number): Promise<string> {
  const { history, get } = await onEmptyServer(binary, runs)
  const { asked, reaction } = await withOperator(binary, runs)
  return `## FlinkDeployment

The same for a job of the Apache operator 1.15 (start-up: medians of ${runs} runs). A take makes a FlinkStateSnapshot; reaction counts
from the write that says COMPLETED there: median ${reaction.medianMs} ms, slowest ${reaction.slowestMs} ms of ${reaction.runs} runs.

| program | wall ms | user ms | user + system ms |
|---|---:|---:|---:|
${row('`kubectl flinksp history flinkdeployment/wordcount`', history)}
${row('`kubectl get flinkdeployment wordcount`', get)}
${ratios(history, get)}

| command | requests |
|---|---|
${requestRows(asked)}
`
}

async function onEmptyServer(binary: string, runs: number): Promise<HistoryBesideGet> {
  const server = await startServer()
  try {
    await server.install('apache-1.15')
    await createDeployment(server.controlPlane.api, 'wordcount')
    return await measureHistory(server, binary, runs, 'flinkdeployment')
  } finally {
    await server.stop()
  }
}

async function withOperator(
  binary: string,
  runs: number,
): Promise<{ readonly asked: readonly Asked[]; readonly reaction: Reaction }> {
  const stack = await startStubStack({ dialect: 'apache-1.15' })
  try {
    await runExamples(stack, 'apache-1.15', ['orders'])
    const commands = commandsOf('flinkdeployment/orders', 'snapshot', 'nonce')
    const asked = await countRequests(stack, binary, commands)
    return { asked, reaction: await measureReaction(stack, binary, bySnapshot, runs) }
  } finally {
    await stack.stop()
  }
}
