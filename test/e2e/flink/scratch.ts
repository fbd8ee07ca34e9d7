import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../conditions.ts'
import { freePorts, untilReady } from '../processes.ts'
import { type FlinkPorts, flinkAnswer, startJobManager, startTaskManager, submitJob } from './cluster.ts'
import type { FlinkInstallation } from './install.ts'

/** One JobManager and one TaskManager without any Kubernetes. */
export interface ScratchFlink {
  readonly url: string
  readonly jobDirectory: string
  /** The counting job, RUNNING; its id. */
  submit(fromSavepoint?: string): Promise<string>
  savepoint(jobId: string): Promise<{ location?: string; cause?: string }>
  /** Every job that runs. */
  cancel(): Promise<void>
  stop(): Promise<void>
}

export async function startScratchFlink(flink: FlinkInstallation): Promise<ScratchFlink> {
  const directory = await mkdtemp(join(tmpdir(), 'flinksp-flink-'))
  const [rest = 0, rpc = 0] = await freePorts(2)
  const ports: FlinkPorts = { rest, rpc }
  const url = `http://127.0.0.1:${rest}`
  const jobDirectory = join(directory, 'job')
  const properties = { 'state.savepoints.dir': `file://${join(directory, 'savepoints')}` }
  const jobManager = await startJobManager(flink, join(directory, 'jobmanager'), ports, properties)
  const taskManager = await startTaskManager(flink, join(directory, 'taskmanager'), ports, properties)
  await untilReady('JobManager', jobManager, () => flinkAnswer(url, '/overview'))
  return {
    url,
    jobDirectory,
    submit: async fromSavepoint => {
      const {
        jobId = '',
        stdout,
        stderr,
      } = await submitJob(flink, join(directory, 'client'), ports, {
        jarFile: flink.jobJar,
        className: flink.jobClass,
        args: ['--directory', jobDirectory],
        parallelism: 1,
        allowNonRestoredState: false,
        ...(fromSavepoint !== undefined && { fromSavepoint }),
      })
      if (jobId === '') throw new Error((stdout + stderr).slice(-2_000))
      await untilTasks(url, jobId, 'running')
      return jobId
    },
    savepoint: jobId => takeSavepoint(url, jobId),
    cancel: async () => {
      const { jobs } = (await flinkAnswer(url, '/jobs')) as { jobs: { id: string; status: string }[] }
      for (const { id } of jobs.filter(({ status }) => status === 'RUNNING')) {
        await fetch(`${url}/jobs/${id}?mode=cancel`, { method: 'PATCH' })
        await untilTasks(url, id, 'canceled')
      }
    },
    stop: async () => {
      await taskManager.stop(1_000)
      await jobManager.stop(1_000)
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function untilTasks(url: string, jobId: string, state: string): Promise<void> {
  await eventually(`every task ${state}`, async () => {
    const overview = await flinkAnswer(url, '/jobs/overview')
    const jobs = (overview?.['jobs'] ?? []) as { jid: string; tasks: Record<string, number> }[]
    const tasks = jobs.find(({ jid }) => jid === jobId)?.tasks
    return tasks !== undefined && tasks[state] === tasks['total'] ? true : undefined
  })
}

interface SavepointAnswer {
  readonly status?: { id: string }
  readonly operation?: { location?: string; 'failure-cause'?: { 'stack-trace': string } }
}

async function takeSavepoint(url: string, jobId: string): Promise<{ location?: string; cause?: string }> {
  const path = `/jobs/${jobId}/savepoints`
  const asked = await fetch(`${url}${path}`, { method: 'POST', body: '{"cancel-job":false}' })
  const { 'request-id': trigger } = (await asked.json()) as { 'request-id': string }
  const { operation } = await eventually('the savepoint ended', async () => {
    const answer = (await flinkAnswer(url, `${path}/${trigger}`)) as SavepointAnswer | undefined
    return answer?.status?.id === 'COMPLETED' ? answer : undefined
  })
  const cause = operation?.['failure-cause']?.['stack-trace']
  return {
    ...(operation?.location !== undefined && { location: operation.location }),
    ...(cause !== undefined && { cause }),
  }
}
