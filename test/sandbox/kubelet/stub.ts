import { setTimeout as sleep } from 'node:timers/promises'
import { type Fields, isFields } from '../../../src/domain/fields.ts'
import type { Behaviour } from '../flink/behaviour.ts'
import type { Submission } from '../flink/job.ts'
import { type FlinkStub, startFlink } from '../flink/stub.ts'
import { type KubeApi, openApi } from '../kubernetes/api.ts'
import { startInformer } from '../kubernetes/informer.ts'
import { clusterOf, type Pod, readPod } from './pod.ts'
import { crashingStatus, phaseStatus, readyStatus, terminatedStatus } from './pod-status.ts'

export interface KubeletOptions {
  readonly kubeconfig: string
  /** How long each kind of process takes to come up. A submitter is slower than two reconcile loops, as the real one (a JVM) is. */
  readonly jobManagerMs?: number
  readonly taskManagerMs?: number
  readonly submitterMs?: number
  /** How long a job is RUNNING before its tasks are. */
  readonly deployingMs?: number
  /** What each new JobManager does wrong from its start. */
  readonly behaviour?: Partial<Behaviour>
}

export interface Kubelet {
  /** The stub behind a cluster's JobManager pod, once it runs. */
  flink(namespace: string, cluster: string): FlinkStub | undefined
  stop(): Promise<void>
}

const submitterMs = 250

interface Playing {
  readonly options: KubeletOptions
  readonly api: KubeApi
  /** By pod uid: ends the process. */
  readonly processes: Map<string, AbortController>
  /** By `namespace/cluster`. */
  readonly jobManagers: Map<string, FlinkStub>
}

/** Plays every pod labelled `flinksp.test/process`; see README.md. */
export async function startKubelet(options: KubeletOptions): Promise<Kubelet> {
  const api = await openApi(options.kubeconfig)
  const playing: Playing = { options, api, processes: new Map(), jobManagers: new Map() }
  const informer = await startInformer(api, {
    path: '/api/v1/pods',
    labelSelector: 'flinksp.test/process=true',
    onChange: (object, deleted) => see(playing, object, deleted),
  })
  return {
    flink: (namespace, cluster) => playing.jobManagers.get(`${namespace}/${cluster}`),
    stop: async () => {
      await informer.stop()
      for (const process of playing.processes.values()) process.abort()
      await Promise.all([...playing.jobManagers.values()].map(flink => flink.stop()))
      api.close()
    },
  }
}

function see(playing: Playing, object: Fields, deleted: boolean): void {
  const pod = readPod(object)
  const running = playing.processes.get(pod.uid)
  if (deleted || pod.deleting) {
    running?.abort()
    playing.processes.delete(pod.uid)
    // By uid: a pod of the same name may be there already.
    if (!deleted)
      void playing.api.delete(pathOf(pod), { uid: pod.uid, gracePeriodSeconds: 0 }).catch(() => undefined)
    return
  }
  if (running !== undefined || pod.ended) return
  const process = new AbortController()
  playing.processes.set(pod.uid, process)
  // A pod that vanishes while it is being played ends the play.
  void play(playing, pod, process.signal).catch(() => undefined)
}

function play(playing: Playing, pod: Pod, signal: AbortSignal): Promise<void> {
  switch (pod.component) {
    case 'jobmanager':
      return playJobManager(playing, pod, signal)
    case 'taskmanager':
      return playTaskManager(playing, pod, signal)
    default:
      return playSubmitter(playing, pod, signal)
  }
}

async function playJobManager(playing: Playing, pod: Pod, signal: AbortSignal): Promise<void> {
  const { options, api, jobManagers } = playing
  for (let restarts = 0; !signal.aborted; restarts++) {
    await sleep(options.jobManagerMs ?? 60, undefined, { signal })
    const death = Promise.withResolvers<void>()
    const flink = await startFlink({
      properties: pod.properties,
      deployingMs: options.deployingMs ?? 0,
      behaviour: options.behaviour ?? {},
      onDeath: death.resolve,
    })
    if (!(await ownJob(playing, pod, flink, restarts, signal))) continue
    jobManagers.set(clusterOf(pod), flink)
    signal.addEventListener('abort', () => death.resolve(), { once: true })
    try {
      await api.patch(pathOf(pod), { metadata: { annotations: { 'flinksp.test/rest-url': flink.url } } })
      await setStatus(api, pod, readyStatus(pod, restarts))
      await death.promise
    } finally {
      await flink.stop().catch(() => undefined)
      if (jobManagers.get(clusterOf(pod)) === flink) jobManagers.delete(clusterOf(pod))
    }
    if (!signal.aborted) await setStatus(api, pod, phaseStatus(pod, 'Running'))
  }
}

/** How long a container is kept from starting again. */
const backOffMs = 300

/**
 * The job of an application cluster starts with its JobManager, each time from the same savepoint, and a JobManager whose
 * job cannot start ends before it is Ready; false: it has.
 */
async function ownJob(
  { api }: Playing,
  pod: Pod,
  flink: FlinkStub,
  restarts: number,
  signal: AbortSignal,
): Promise<boolean> {
  if (pod.component !== 'jobmanager' || pod.annotations['flinksp.test/job'] === undefined) return true
  try {
    flink.submit(submissionOf(pod))
    return true
  } catch {
    await flink.stop()
    await setStatus(api, pod, crashingStatus(pod, restarts + 1))
    await sleep(backOffMs, undefined, { signal })
    await setStatus(api, pod, phaseStatus(pod, 'Running'))
    return false
  }
}

async function playTaskManager(playing: Playing, pod: Pod, signal: AbortSignal): Promise<void> {
  await sleep(playing.options.taskManagerMs ?? 30, undefined, { signal })
  await setStatus(playing.api, pod, readyStatus(pod, 0))
}

async function playSubmitter(playing: Playing, pod: Pod, signal: AbortSignal): Promise<void> {
  const { api, options, jobManagers } = playing
  await setStatus(api, pod, phaseStatus(pod, 'Running'))
  await sleep(options.submitterMs ?? submitterMs, undefined, { signal })
  let flink = jobManagers.get(clusterOf(pod))
  while (flink === undefined || !(await answers(flink))) {
    await sleep(50, undefined, { signal })
    flink = jobManagers.get(clusterOf(pod))
  }
  signal.throwIfAborted()
  const job = submitted(flink, pod)
  const ended = job.id === undefined ? job.status : await attached(playing, pod, flink, job, signal)
  await setStatus(api, pod, ended)
}

/** A client that stays until the job ends, where its operator submits so; how it ends then is not always how the job did. */
async function attached(
  { options, jobManagers }: Playing,
  pod: Pod,
  flink: FlinkStub,
  { id, status }: Submitted,
  signal: AbortSignal,
): Promise<Fields> {
  const how = pod.annotations['flinksp.test/attached']
  if (how === undefined) return status
  const job = flink.jobs.find(one => one.id === id)
  while (job?.state === 'RUNNING' && jobManagers.get(clusterOf(pod)) === flink) {
    await sleep(10, undefined, { signal })
  }
  if (how === 'ends as the job') {
    return job?.state === 'FINISHED'
      ? status
      : terminatedStatus(pod, 1, job?.rootException?.slice(0, 4096) ?? '')
  }
  // Seen on tag v1beta1-2: it takes longer than a submission until such a client has noticed.
  await sleep(2 * (options.submitterMs ?? submitterMs), undefined, { signal })
  return status
}

/** A silent JobManager takes no job; the real submitter asks /overview until it answers. */
async function answers(flink: FlinkStub): Promise<boolean> {
  return !flink.behaviour.silent
}

interface Submitted {
  /** undefined: Flink refused it. */
  readonly id?: string
  /** Of the pod of a client that has nothing more to do. */
  readonly status: Fields
}

function submitted(flink: FlinkStub, pod: Pod): Submitted {
  try {
    const { id } = flink.submit(submissionOf(pod))
    return { id, status: terminatedStatus(pod, 0, `jobID: ${id}\n`) }
  } catch (error) {
    return { status: terminatedStatus(pod, 1, (error as Error).message.slice(0, 4096)) }
  }
}

function submissionOf(pod: Pod): Submission {
  const job: unknown = JSON.parse(pod.annotations['flinksp.test/job'] ?? '{}')
  const { args, parallelism } = isFields(job) ? job : {}
  const fromSavepoint = pod.annotations['flinksp.test/from-savepoint']
  const id = pod.annotations['flinksp.test/job-id']
  return {
    ...(id !== undefined && { id }),
    name: pod.cluster,
    parallelism: typeof parallelism === 'number' ? parallelism : 1,
    args: Array.isArray(args) ? args.filter(arg => typeof arg === 'string') : [],
    allowNonRestoredState: pod.annotations['flinksp.test/allow-non-restored-state'] === 'true',
    ...(fromSavepoint && { fromSavepoint }),
  }
}

async function setStatus(api: KubeApi, pod: Pod, status: Fields): Promise<void> {
  await api.patch(`${pathOf(pod)}/status`, { status })
}

function pathOf(pod: Pod): string {
  return `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}`
}
