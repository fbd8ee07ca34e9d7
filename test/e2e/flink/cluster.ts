import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { outcome, type RunningProcess, type RunOutcome, startProcess } from '../processes.ts'
import type { FlinkInstallation } from './install.ts'

/** Where one Flink cluster's JobManager listens; all on loopback. */
export interface FlinkPorts {
  readonly rest: number
  readonly rpc: number
}

export type FlinkProperties = Readonly<Record<string, string>>

const jvm = [
  '-XX:+UseSerialGC',
  // Half of the start is compiling what runs for a minute.
  '-XX:TieredStopAtLevel=1',
  '-Xshare:auto',
  `-Dlog4j.configurationFile=${join(import.meta.dirname, 'log4j.properties')}`,
  // What Flink 1.18 needs on Java 17 (env.java.opts.all of the configuration it is shipped with).
  ...['util', 'lang', 'net', 'io', 'nio', 'text', 'time', 'lang.reflect', 'util.concurrent'].map(
    name => `--add-opens=java.base/java.${name}=ALL-UNNAMED`,
  ),
  '--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED',
  '--add-opens=java.base/java.util.concurrent.locks=ALL-UNNAMED',
  '--add-exports=java.base/sun.net.util=ALL-UNNAMED',
]

// TaskManagerRunner wants every share of its memory spelled out; Flink's scripts compute them before they start it.
const memory: FlinkProperties = {
  'jobmanager.memory.process.size': '512m',
  'taskmanager.cpu.cores': '1',
  'taskmanager.memory.framework.heap.size': '64m',
  'taskmanager.memory.framework.off-heap.size': '32m',
  'taskmanager.memory.task.heap.size': '64m',
  'taskmanager.memory.task.off-heap.size': '0',
  'taskmanager.memory.managed.size': '0',
  'taskmanager.memory.network.min': '16m',
  'taskmanager.memory.network.max': '16m',
  'taskmanager.memory.jvm-metaspace.size': '96m',
  'taskmanager.memory.jvm-overhead.min': '64m',
  'taskmanager.memory.jvm-overhead.max': '64m',
}

// A TaskManager that is up before its JobManager asks again soon, not after ten seconds.
const impatience: FlinkProperties = { 'cluster.registration.error-delay': '300' }

/** Ours: a property of the cluster's spec cannot move the processes off loopback or to another port. */
function places(ports: FlinkPorts): FlinkProperties {
  return {
    'jobmanager.rpc.address': '127.0.0.1',
    'jobmanager.bind-host': '127.0.0.1',
    'jobmanager.rpc.port': String(ports.rpc),
    'rest.address': '127.0.0.1',
    'rest.bind-address': '127.0.0.1',
    'rest.port': String(ports.rest),
    'rest.bind-port': String(ports.rest),
    'taskmanager.host': '127.0.0.1',
    'taskmanager.bind-host': '127.0.0.1',
    // Any: an operator gives every cluster the same, since pods have addresses of their own.
    'taskmanager.rpc.port': '0',
    'taskmanager.data.port': '0',
    'blob.server.port': '0',
  }
}

/**
 * For a cluster that is started for one job (Flink's application mode): what the entry point is told of it. The job's jar lies on
 * the classpath of both processes.
 */
export type Application = readonly string[]

export async function startJobManager(
  flink: FlinkInstallation,
  directory: string,
  ports: FlinkPorts,
  properties: FlinkProperties,
  application?: Application,
): Promise<RunningProcess> {
  await configure(directory, ports, properties)
  const start = [...jvm, '-cp', classpathOf(flink, application), entryPointOf(application)]
  const what = application ?? ['--executionMode', 'cluster']
  return startProcess('java', ['-Xmx256m', ...start, '--configDir', directory, ...what], {
    log: join(directory, 'log'),
  })
}

export async function startTaskManager(
  flink: FlinkInstallation,
  directory: string,
  ports: FlinkPorts,
  properties: FlinkProperties,
  application?: Application,
): Promise<RunningProcess> {
  const main = 'org.apache.flink.runtime.taskexecutor.TaskManagerRunner'
  await configure(directory, ports, properties)
  const start = [...jvm, '-cp', classpathOf(flink, application), main, '--configDir', directory]
  return startProcess('java', ['-Xmx160m', '-XX:MaxDirectMemorySize=64m', ...start], {
    log: join(directory, 'log'),
  })
}

function entryPointOf(application: Application | undefined): string {
  return application
    ? 'org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint'
    : 'org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint'
}

function classpathOf({ classpath, jobJar }: FlinkInstallation, application: Application | undefined): string {
  return application ? `${jobJar}:${classpath}` : classpath
}

export interface Submission {
  readonly jarFile: string
  readonly className: string
  readonly args: readonly string[]
  readonly parallelism: number
  readonly fromSavepoint?: string
  readonly allowNonRestoredState: boolean
}

/** `flink run -d`, as the operators' submitter calls it: what `bin/flink` starts, without the script. */
export async function submitJob(
  flink: FlinkInstallation,
  directory: string,
  ports: FlinkPorts,
  job: Submission,
): Promise<RunOutcome & { jobId: string | undefined }> {
  await configure(directory, ports, {})
  const restore = job.fromSavepoint === undefined ? [] : ['-s', job.fromSavepoint]
  const lenient = job.allowNonRestoredState ? ['-n'] : []
  const run = ['run', '-d', ...restore, ...lenient, '-p', String(job.parallelism), '-c', job.className]
  const main = 'org.apache.flink.client.cli.CliFrontend'
  const result = await outcome(
    'java',
    ['-Xmx128m', ...jvm, '-cp', flink.classpath, main, ...run, job.jarFile, ...job.args],
    { env: { FLINK_CONF_DIR: directory } },
  )
  return { ...result, jobId: /Job has been submitted with JobID ([0-9a-f]{32})/.exec(result.stdout)?.[1] }
}

async function configure(directory: string, ports: FlinkPorts, properties: FlinkProperties): Promise<void> {
  await mkdir(directory, { recursive: true })
  const scratch = { 'io.tmp.dirs': directory, 'queryable-state.enable': 'false' }
  const all = { ...memory, ...impatience, ...scratch, ...properties, ...places(ports) }
  const lines = Object.entries(all).map(([key, value]) => `${key}: ${value}\n`)
  await writeFile(join(directory, 'flink-conf.yaml'), lines.join(''))
}

/** What a GET of Flink's REST API answers, or undefined where it does not. */
export async function flinkAnswer(url: string, path: string): Promise<Record<string, unknown> | undefined> {
  try {
    const answer = await fetch(`${url}${path}`)
    return answer.ok ? ((await answer.json()) as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
