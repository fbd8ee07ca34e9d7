import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type FlinkInstallation, installFlink } from '../flink/install.ts'
import { type RealKubelet, startRealKubelet } from '../kubelet/kubelet.ts'
import { assemble, type Stoppable } from '../parts.ts'
import { freePorts } from '../processes.ts'
import { type Server, serverIn } from '../server.ts'
import { installApacheOperator } from './install.ts'
import { type ApacheOperator, startApacheOperator } from './operator.ts'
import { readPodProcess } from './pod-process.ts'

/** A control plane with the real Apache operator, and real Flink behind the pods of its Deployments. */
export interface ApacheStack extends Server {
  readonly flink: FlinkInstallation
  readonly kubelet: RealKubelet
  readonly operator: Pick<ApacheOperator, 'crash'>
  /** One that nobody else has: a FlinkDeployment's for good. */
  restPort(): number
}

const mostDeployments = 4

export function startApacheStack(): Promise<ApacheStack & Stoppable> {
  return assemble(async (directory, begun) => {
    const [flink, installation] = [await installFlink(console.log), await installApacheOperator(console.log)]
    const ports = await freePorts(mostDeployments)
    const server = await serverIn(directory, [], begun, ports)
    await server.install('apache-1.7')
    await server.connectPods()
    const kubeconfig = server.controlPlane.kubeconfig('operator')
    const dir = join(directory, 'flink')
    await mkdir(dir)
    const kubelet = await begun(startRealKubelet({ kubeconfig, flink, dir, read: readPodProcess }))
    const operator = await begun(
      startApacheOperator({ installation, kubeconfig, dir: join(directory, 'apache-operator') }),
    )
    return {
      ...server,
      flink,
      kubelet,
      operator,
      restPort: () => {
        const port = ports.pop()
        if (port === undefined) throw new Error(`more than ${mostDeployments} FlinkDeployments in one stack`)
        return port
      },
    }
  })
}
