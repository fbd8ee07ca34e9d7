import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Behaviour, type BehaviourChange, goodBehaviour } from './behaviour.ts'
import { recoverJob, takeCheckpoint } from './checkpoints.ts'
import { countOf, endJob, type StubJob, type Submission, startJob } from './job.ts'
import { answerRest, type FlinkState } from './routes.ts'
import { timers } from './timers.ts'

/** A JobManager that is not one: Flink's REST API on loopback, with one kind of job that counts. */
export interface FlinkStub {
  readonly url: string
  readonly jobs: readonly StubJob[]
  /** Change it to make the stub misbehave; other processes POST the same to /stub/behaviour. */
  readonly behaviour: Behaviour
  /** Submits a job as `flink run -d` does; throws the client's error where Flink refuses it. */
  submit(submission: Submission): StubJob
  /** How far a job has counted. */
  count(jobId: string): number | undefined
  change(change: BehaviourChange): void
  /** Ends at once, and cuts what is connected. */
  stop(): Promise<void>
}

export interface FlinkStubOptions {
  /** spec.flinkProperties: `state.savepoints.dir` is the default directory. */
  readonly properties?: Readonly<Record<string, string>>
  /** How long a job is RUNNING before its tasks are. */
  readonly deployingMs?: number
  readonly behaviour?: Partial<Behaviour>
  /** Called when the stub was told to die. */
  readonly onDeath?: () => void
}

const maxBody = 1 << 20

/** Starts a stub on a free port of 127.0.0.1. */
export async function startFlink(options: FlinkStubOptions = {}): Promise<FlinkStub> {
  const state: FlinkState = {
    jobs: [],
    operations: new Map(),
    triggeredCheckpoints: new Map(),
    disposals: new Map(),
    properties: options.properties ?? {},
    behaviour: { ...goodBehaviour(), ...options.behaviour },
    timers: timers(),
    submit: submission => submit(state, submission, options.deployingMs ?? 0),
  }
  const server = createServer((request, response) => {
    serve(state, change, request, response).catch(() => response.destroy())
  })
  const stop = async () => {
    state.timers.stop()
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
  const checkpoints = periodicCheckpoints(state)
  const change = ({ die, ...rest }: BehaviourChange) => {
    changeJobs(state, rest)
    checkpoints.follow()
    if (die) void stop().then(() => options.onDeath?.())
  }
  checkpoints.follow()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    jobs: state.jobs,
    behaviour: state.behaviour,
    submit: state.submit,
    count: jobId => {
      const job = state.jobs.find(one => one.id === jobId)
      return job && countOf(job, Date.now())
    },
    change,
    stop,
  }
}

/** What a change does to the jobs, and what it leaves behind for what is asked later. */
function changeJobs(
  state: FlinkState,
  { failJob, finishJob, checkpoint, recoverJob: recover, ...rest }: Omit<BehaviourChange, 'die'>,
): void {
  Object.assign(state.behaviour, rest)
  for (const job of state.jobs) {
    if (checkpoint) takeCheckpoint(job, state.properties['state.checkpoints.dir'])
    if (recover) recoverJob(job)
    if (finishJob) endJob(job, 'FINISHED', Date.now())
    if (failJob !== undefined) endJob(job, 'FAILED', Date.now(), failJob)
  }
}

/** Completes checkpoints as often as the behaviour says now. */
function periodicCheckpoints({ behaviour, jobs, properties, timers }: FlinkState) {
  let every = 0
  let running: { stop(): void } | undefined
  return {
    follow: () => {
      if (behaviour.checkpointEveryMs === every) return
      running?.stop()
      every = behaviour.checkpointEveryMs
      if (every === 0) return
      running = timers.every(every, () => {
        for (const job of jobs) takeCheckpoint(job, properties['state.checkpoints.dir'])
      })
    },
  }
}

function submit(state: FlinkState, submission: Submission, deployingMs: number): StubJob {
  const job = startJob(submission, Date.now(), deployingMs)
  state.jobs.unshift(job)
  if (job.state === 'FAILED') {
    // The client's output ends before the cause: seen in the submitter pods of both operators.
    throw new Error(
      'org.apache.flink.client.program.ProgramInvocationException: The main method caused an error: Could not start the JobMaster.',
    )
  }
  return job
}

async function serve(
  state: FlinkState,
  change: (change: BehaviourChange) => void,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bodyOf(request)
  const url = new URL(request.url ?? '/', 'http://flink')
  if (url.pathname === '/stub/behaviour' && request.method === 'POST') {
    reply(response, 200, state.behaviour)
    change(JSON.parse(body) as BehaviourChange)
    return
  }
  if (state.behaviour.silent) return
  const { status, json } = answerRest(state, {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    body,
  })
  reply(response, status, json)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBody) throw new Error('request body too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function reply(response: ServerResponse, status: number, json: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(json))
}
