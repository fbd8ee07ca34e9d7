import { readFile } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { type RunningProcess, run, startProcess, untilReady } from '../processes.ts'

/** What the kubelets give their pods as podIP. */
const podRange = '10.244.0.0/16'

/** Pod addresses that connections arrive at, on this machine only. */
export interface PodAddresses {
  /** Why the service proxy cannot reach pods on this machine; undefined where it can. */
  readonly noProxy: string | undefined
  /** The process of the pod with this address listens at this port of the loopback. */
  lead(podIP: string, port: number): void
  stop(): Promise<void>
}

/** The pods' container port `ui` where the cluster does not say otherwise. */
const uiPort = 8081

/**
 * Makes every address of the pods' range answer at the port `ui`, or at `ports`, so that the API server's service proxy, which dials
 * pods itself and refuses loopback, reaches the process behind a pod. The addresses live in a network namespace that ends with the
 * process in it: nothing is left behind, whatever happens to the test.
 */
export async function openPodAddresses(
  dir: string,
  ports: readonly number[] = [uiPort],
): Promise<PodAddresses> {
  const targets = new Map<string, number>()
  try {
    const { route, stop } = await openRelay(dir, ports, podIP => targets.get(podIP))
    const lead = (podIP: string, port: number) => {
      if (!targets.has(podIP)) void route(podIP).catch(() => undefined)
      targets.set(podIP, port)
    }
    return { noProxy: undefined, lead, stop }
  } catch (error) {
    const reason = error instanceof Error ? error.message.trimEnd().split('\n').at(-1) : String(error)
    const nothing = { lead: () => undefined, stop: async () => undefined }
    return { noProxy: `no network namespace on this machine: ${reason}`, ...nothing }
  }
}

interface Relay {
  /** Connections to this address go to the relay from now on. */
  route(podIP: string): Promise<unknown>
  stop(): Promise<void>
}

async function openRelay(
  dir: string,
  ports: readonly number[],
  target: (podIP: string) => number | undefined,
): Promise<Relay> {
  const socketPath = join(dir, 'relay.sock')
  const server = createServer(socket => handOver(socket, target))
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socketPath, resolve))
  const words = [join(import.meta.dirname, 'relay.ts'), socketPath, ...ports.map(String)]
  const relay = startProcess('unshare', ['--net', process.execPath, ...words], {
    log: join(dir, 'relay.log'),
  })
  try {
    const listening = async () => (await readFile(relay.log, 'utf8')).includes('listening') || undefined
    await untilReady('the relay', relay, listening, 10_000)
    const route = await connectNamespace(relay.pid)
    return { route, stop: () => stopBoth(relay, server) }
  } catch (error) {
    await stopBoth(relay, server)
    throw error
  }
}

/**
 * A pair of virtual cables between here and the namespace, with addresses of this process's own, so that several runs can live side
 * by side; for the same reason each pod is routed by itself.
 */
async function connectNamespace(pid: number): Promise<Relay['route']> {
  const cable = `fsp${pid}`
  const network = `10.213.${(pid >> 6) & 255}`
  const [outside, inside] = [1, 2].map(host => `${network}.${((pid & 63) << 2) + host}`)
  const ip = (...words: string[]) => run('ip', words)
  const within = (...words: string[]) => run('nsenter', ['-t', String(pid), '-n', 'ip', ...words])
  await ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid))
  await ip('address', 'add', `${outside}/30`, 'dev', cable)
  await ip('link', 'set', cable, 'up')
  await within('address', 'add', `${inside}/30`, 'dev', 'eth0')
  await within('link', 'set', 'eth0', 'up')
  await within('link', 'set', 'lo', 'up')
  // Every address of the range is the namespace's own, without naming them one by one.
  await within('route', 'add', 'local', podRange, 'dev', 'lo')
  return podIP => ip('route', 'replace', `${podIP}/32`, 'via', `${inside}`, 'dev', cable)
}

/** The first line names the pod's address; the rest is the connection. */
function handOver(incoming: Socket, target: (podIP: string) => number | undefined): void {
  incoming.on('error', () => incoming.destroy())
  incoming.once('data', (chunk: Buffer) => {
    const end = chunk.indexOf('\n')
    const port = target(chunk.subarray(0, end).toString())
    if (port === undefined) {
      incoming.destroy()
      return
    }
    const outgoing = connect(port, '127.0.0.1')
    outgoing.on('error', () => incoming.destroy())
    incoming.on('close', () => outgoing.destroy())
    outgoing.write(chunk.subarray(end + 1))
    incoming.pipe(outgoing).pipe(incoming)
  })
}

async function stopBoth(relay: RunningProcess, server: Server): Promise<void> {
  await relay.stop()
  await new Promise(resolve => server.close(resolve))
}
