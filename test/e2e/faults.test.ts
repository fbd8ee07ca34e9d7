import { after, before, describe } from 'mocha'
import { declare } from '../faults/declare.ts'
import { families } from '../faults/families/index.ts'
import { faultTable } from '../faults/table.ts'
import { eventually } from './conditions.ts'
import type { ControlPlane } from './control-plane/start.ts'
import { type RealEnvironment, realEnvironment } from './environment.ts'
import { notRun } from './not-run.ts'
import type { DialectName } from './server.ts'

/** Their kinds live on one API server; GCP's and Spotify's FlinkClusters do not. */
const dialects: readonly DialectName[] = ['spotify', 'apache-1.15']

// At the very end: other files note what they have seen, too.
after(() => console.log(`\n${faultTable()}`))

describe('faults on a real control plane', () => {
  let environment: RealEnvironment

  before(async function () {
    environment = await realEnvironment('spotify', 'apache-1.15')
    if (environment.noProxy !== undefined) notRun(this, environment.noProxy)
  })
  declare(families, 'real', dialects, async dialect => ({
    ground: 'real',
    environment: { ...environment, dialect },
    faults: {
      down: ms => restarted(environment, ms),
      pauseStorage: () => pauseStorage(environment.controlPlane),
    },
  }))
  after(() => environment?.stop())
})

const kinds = [
  'flinkoperator.k8s.io/v1beta1/flinkclusters',
  ...['flinkdeployments', 'flinksessionjobs', 'flinkstatesnapshots'].map(
    plural => `flink.apache.org/v1beta1/${plural}`,
  ),
]

/** Custom resources are served some seconds later than a server that starts is ready ("storage is (re)initializing"). */
async function restarted({ controlPlane, api }: RealEnvironment, ms: number): Promise<void> {
  await controlPlane.restartApiServer(ms)
  for (const kind of kinds)
    await eventually(`${kind} are served again`, () => api.get(`/apis/${kind}?limit=1`))
}

/** etcd does nothing until it is woken; its connections stay. */
function pauseStorage({ processes }: ControlPlane): () => void {
  const pid = processes['etcd']?.pid
  if (pid === undefined) throw new Error('etcd does not run')
  process.kill(pid, 'SIGSTOP')
  return () => {
    process.kill(pid, 'SIGCONT')
  }
}
