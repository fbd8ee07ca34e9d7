import { startServer } from '../../test/e2e/server.ts'
import { measureHistoryMany, type Weight } from './history-many.ts'

const jobs = 5_000
const runs = 5

/** The section of docs/benchmarks.md about the history of thousands of jobs. */
export async function historyManySection(binary: string): Promise<string> {
  const server = await startServer()
  try {
    await server.install('spotify')
    const { history, kubectl } = await measureHistoryMany(server, binary, jobs, runs)
    return `## The history of thousands of jobs

\`history -A\` beside \`kubectl get\` of the same ${jobs} FlinkClusters of 8 KiB, on kube-apiserver and etcd on this machine; medians of ${runs} runs. The bar:
at most 1.5 × wall and 1 × peak memory.

| program | wall s | peak memory MB |
|---|---:|---:|
${row('`kubectl flinksp history -A`', history)}
${row('`kubectl get flinkclusters -A -o json`', kubectl)}
| ratio | **${(history.wall / kubectl.wall).toFixed(2)} ×** | **${(history.peak / kubectl.peak).toFixed(2)} ×** |
`
  } finally {
    await server.stop()
  }
}

function row(name: string, { wall, peak }: Weight): string {
  return `| ${name} | ${wall.toFixed(1)} | ${Math.round(peak)} |`
}
