import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Fields, isFields } from '../../../src/domain/fields.ts'
import { clusterOf, type Pod, readPod } from '../../sandbox/kubelet/pod.ts'
import { phaseStatus, readyStatus, terminatedStatus } from '../../sandbox/kubelet/pod-status.ts'
import { type KubeApi, openApi } from '../../sandbox/kubernetes/api.ts'
import { startInformer } from '../../sandbox/kubernetes/informer.ts'
import {
  type Application,
  type FlinkPorts,
  type FlinkProperties,
  flinkAnswer,
  type Submission,
  startJobManager,
  startTaskManager,
  submitJob,
} from '../flink/cluster.ts'
import type { FlinkInstallation } from '../flink/install.ts'
import { freePorts, type RunningProcess, untilReady } from '../processes.ts'

export interface RealKubelet {
  /** As the kernel does where memory runs out; its pod starts it again. */
  killJobManager(namespace: string, cluster: string): void
  stop(): Promise<void>
}

/** What a JobManager or TaskManager runs, where it does not stand in the pod's annotations. */
export interface PodProcess {
  readonly properties: FlinkProperties
  readonly application?: Application
  readonly restPort?: number
}

export type ReadPodProcess = (api: KubeApi, pod: Pod) => Promise<PodProcess>

interface Playing {
  readonly api: KubeApi
  readonly flink: FlinkInstallation
  readonly dir: string
  /** By pod uid: ends the play, and tells when it has ended. */
  readonly plays: Map<string, { end: AbortController; ended: Promise<void> }>
  /** By what only one pod can be at a time: the end of the play of the last that was it. */
  readonly last: Map<string, Promise<void>>
  /** By `namespace/cluster`, allotted when the first pod of the cluster is seen. */
  readonly ports: Map<string, Promise<FlinkPorts>>
  readonly read: ReadPodProcess | undefined
  readonly jobManagers: Map<string, { url: string; process: RunningProcess }>
}

/** Plays every pod labelled `flinksp.test/process` with real Flink; the convention is test/sandbox/kubelet/README.md. */
export async function startRealKubelet(options: {
  kubeconfig: string
  flink: FlinkInstallation
  dir: string
  read?: ReadPodProcess
}): Promise<RealKubelet> {
  const api = await openApi(options.kubeconfig)
  const { flink, dir } = options
  const playing: Playing = {
    api,
    flink,
    dir,
    plays: new Map(),
    last: new Map(),
    ports: new Map(),
    jobManagers: new Map(),
    read: options.read,
  }
  const informer = await startInformer(api, {
    path: '/api/v1/pods',
    labelSelector: 'flinksp.test/process=true',
    onChange: (object, deleted) => see(playing, readPod(object), deleted),
  })
  return {
    killJobManager: (namespace, cluster) => {
      const running = playing.jobManagers.get(`${namespace}/${cluster}`)
      if (running === undefined) throw new Error(`no JobManager runs for ${namespace}/${cluster}`)
      process.kill(running.process.pid, 'SIGKILL')
    },
    stop: async () => {
      await informer.stop()
      const plays = [...playing.plays.values()]
      for (const { end } of plays) end.abort()
      await Promise.all(plays.map(({ ended }) => ended))
      api.close()
    },
  }
}

function see(playing: Playing, pod: Pod, deleted: boolean): void {
  const running = playing.plays.get(pod.uid)
  if (deleted || pod.deleting) {
    running?.end.abort()
    // By uid: a pod of the same name may be there already.
    const gone = () => playing.api.delete(pathOf(pod), { uid: pod.uid, gracePeriodSeconds: 0 })
    if (!deleted) void (running?.ended ?? Promise.resolve()).then(gone).catch(() => undefined)
    return
  }
  if (running !== undefined || pod.ended) return
  const end = new AbortController()
  // Its ports are those of the pod before it: that one's process must be gone, also where it was deleted by force.
  const before = playing.last.get(partOf(pod)) ?? Promise.resolve()
  // A pod that vanishes while it is being played ends the play.
  const ended = before.then(() => play(playing, pod, end.signal)).catch(() => undefined)
  playing.plays.set(pod.uid, { end, ended })
  playing.last.set(partOf(pod), ended)
}

function play(playing: Playing, pod: Pod, signal: AbortSignal): Promise<void> {
  if (pod.component === 'submitter') return playSubmitter(playing, pod, signal)
  return playForever(playing, pod, signal)
}

/** A JobManager or TaskManager: started again when it ends, as restartPolicy Always has it. */
async function playForever(playing: Playing, pod: Pod, signal: AbortSignal): Promise<void> {
  const { api, flink } = playing
  const { properties, application, restPort } = await processOf(playing, pod)
  const ports = await portsOf(playing, pod, restPort)
  const start = pod.component === 'jobmanager' ? startJobManager : startTaskManager
  for (let restarts = 0; !signal.aborted; restarts++) {
    const running = await start(flink, directoryOf(playing, pod), ports, properties, application)
    const stop = () => void running.stop(2_000)
    signal.addEventListener('abort', stop, { once: true })
    try {
      await whenReady(playing, pod, running, ports, restarts)
      await running.ended
    } finally {
      await running.stop(2_000)
      signal.removeEventListener('abort', stop)
      forget(playing, pod, running)
    }
    if (!signal.aborted) await setStatus(api, pod, phaseStatus(pod, 'Running'))
  }
}

async function processOf({ api, read }: Playing, pod: Pod): Promise<PodProcess> {
  return read ? read(api, pod) : { properties: pod.properties }
}

async function whenReady(
  playing: Playing,
  pod: Pod,
  running: RunningProcess,
  ports: FlinkPorts,
  restarts: number,
): Promise<void> {
  const { api, jobManagers } = playing
  if (pod.component === 'jobmanager') {
    const url = `http://127.0.0.1:${ports.rest}`
    await untilReady('JobManager', running, () => flinkAnswer(url, '/overview'))
    jobManagers.set(clusterOf(pod), { url, process: running })
    await api.patch(pathOf(pod), { metadata: { annotations: { 'flinksp.test/rest-url': url } } })
  }
  await setStatus(api, pod, readyStatus(pod, restarts))
}

function forget(playing: Playing, pod: Pod, running: RunningProcess): void {
  const key = clusterOf(pod)
  if (playing.jobManagers.get(key)?.process === running) playing.jobManagers.delete(key)
}

/** Waits for the JobManager, as the operators' submit script asks /overview until it answers; then `flink run`. */
async function playSubmitter(playing: Playing, pod: Pod, signal: AbortSignal): Promise<void> {
  const { api, flink, jobManagers } = playing
  await setStatus(api, pod, phaseStatus(pod, 'Running'))
  while (!jobManagers.has(clusterOf(pod))) await sleep(100, undefined, { signal })
  const directory = directoryOf(playing, pod)
  const result = await submitJob(flink, directory, await portsOf(playing, pod), submissionOf(pod))
  const { jobId, stdout, stderr } = result
  const status =
    jobId === undefined
      ? terminatedStatus(pod, 1, (stdout + stderr).slice(-4096))
      : terminatedStatus(pod, 0, `jobID: ${jobId}\n`)
  await setStatus(api, pod, status)
}

function submissionOf(pod: Pod): Submission {
  const parsed: unknown = JSON.parse(pod.annotations['flinksp.test/job'] ?? '{}')
  const { jarFile, className, args, parallelism } = isFields(parsed) ? parsed : {}
  const fromSavepoint = pod.annotations['flinksp.test/from-savepoint']
  return {
    jarFile: String(jarFile),
    className: String(className),
    args: Array.isArray(args) ? args.map(String) : [],
    parallelism: typeof parallelism === 'number' ? parallelism : 1,
    allowNonRestoredState: pod.annotations['flinksp.test/allow-non-restored-state'] === 'true',
    ...(fromSavepoint && { fromSavepoint }),
  }
}

/** The REST port of the cluster's own choice, or a free one; RPC is nobody else's business. */
function portsOf(playing: Playing, pod: Pod, restPort?: number): Promise<FlinkPorts> {
  const key = clusterOf(pod)
  const known = playing.ports.get(key)
  if (known !== undefined) return known
  const allotted = freePorts(2).then(([rest = 0, rpc = 0]) => ({ rest: restPort ?? rest, rpc }))
  playing.ports.set(key, allotted)
  return allotted
}

/** A Deployment's pods have other names each time, a StatefulSet's the same. */
function partOf(pod: Pod): string {
  return pod.component === 'submitter' ? pathOf(pod) : `${clusterOf(pod)}/${pod.component}`
}

function directoryOf(playing: Playing, pod: Pod): string {
  return join(playing.dir, `${pod.namespace}-${pod.name}-${pod.uid.slice(0, 6)}`)
}

async function setStatus(api: KubeApi, pod: Pod, status: Fields): Promise<void> {
  await api.patch(`${pathOf(pod)}/status`, { status })
}

function pathOf(pod: Pod): string {
  return `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}`
}
