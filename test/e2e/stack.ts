import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startKubelet } from '../sandbox/kubelet/stub.ts'
import { type Operator, startOperator } from '../sandbox/operators/operator.ts'
import type { TokenUser } from './control-plane/start.ts'
import { type FlinkInstallation, installFlink } from './flink/install.ts'
import { type RealKubelet, startRealKubelet } from './kubelet/kubelet.ts'
import { assemble, type Begun, type Stoppable } from './parts.ts'
import { type DialectName, type Server, serverIn } from './server.ts'

/** A control plane with one operator, whose pods a kubelet plays; all processes of this machine. */
export interface Stack extends Server {
  readonly operator: Operator
}

export interface FlinkStack extends Stack {
  readonly flink: FlinkInstallation
  readonly kubelet: RealKubelet
}

export interface StackOptions {
  readonly dialect: DialectName
  readonly users?: readonly TokenUser[]
  readonly loopMs?: number
  readonly seed?: number
}

/** With the REST stub behind every JobManager pod. */
export function startStubStack(options: StackOptions): Promise<Stack & Stoppable> {
  return assemble(async (directory, begun) => {
    const server = await serverWith(options, directory, begun)
    const kubeconfig = server.controlPlane.kubeconfig('operator')
    await begun(startKubelet({ kubeconfig }))
    return { ...server, operator: await begun(operatorOf(options, kubeconfig)) }
  })
}

/** With real Flink processes behind every pod. */
export function startFlinkStack(options: StackOptions): Promise<FlinkStack & Stoppable> {
  return assemble(async (directory, begun) => {
    const flink = await installFlink(console.log)
    const server = await serverWith(options, directory, begun)
    const kubeconfig = server.controlPlane.kubeconfig('operator')
    const dir = join(directory, 'flink')
    await mkdir(dir)
    const kubelet = await begun(startRealKubelet({ kubeconfig, flink, dir }))
    return { ...server, flink, kubelet, operator: await begun(operatorOf(options, kubeconfig)) }
  })
}

async function serverWith({ dialect, users = [] }: StackOptions, directory: string, begun: Begun) {
  const server = await serverIn(directory, users, begun)
  await server.install(dialect)
  await server.connectPods()
  return server
}

function operatorOf(
  { dialect, loopMs = 200, seed = 1 }: StackOptions,
  kubeconfig: string,
): Promise<Operator> {
  return startOperator({ dialect, kubeconfig, loopMs, seed })
}
