import { Failure } from '../domain/failure.ts'
import type { Cluster, World } from '../domain/ports.ts'
import { findSavepoint } from '../history/find-savepoint.ts'
import { savepointsOfRecord } from '../history/from-record.ts'
import { savepointsOfStatus } from '../history/from-status.ts'
import { lastStop } from '../history/last.ts'
import { mergeSavepoints } from '../history/merge.ts'
import type { JobRecord } from '../history/record.ts'
import type { RestoreWish } from '../operators/job-operator.ts'
import { planRestore } from '../plan/restore-plan.ts'
import { type LeftByStop, whatStopLeft } from '../plan/what-stop-left.ts'
import type { Command, CommandResult } from './command.ts'
import { checkWatch, rehearse, unseen } from './job/confirm-plan.ts'
import { findJob } from './job/find-job.ts'
import { factsOf, type Subject, whichOperator } from './job/which-operator.ts'
import { byRecreation } from './restore/by-recreation.ts'
import { carryOut } from './restore/restoration.ts'
import { type ResumeOptions, resumeFlags, resumeOptions } from './restore/resume-options.ts'
import { confirmRestore, lookBefore, toVerify } from './restore/verified.ts'
import type { WishedRestore } from './restore/wish.ts'
import { readRecord } from './sources/read-record.ts'

export const resume: Command<ResumeOptions> = {
  name: 'resume',
  usage: 'resume (NAME | KIND/NAME)',
  summary: 'Start a stopped job again from what its stop left',
  description:
    'Start a job that was stopped with a savepoint again, from exactly that savepoint. A plan is shown and confirmed ' +
    'first; then the command waits until the operator shows the job running from it, and Flink says so too. Where it is ' +
    'not known what the stop left, nothing is done: kubectl flinksp restore starts the job from a savepoint that you name.\n\n' +
    'Where the operator lets no change through (GCP up to v1beta1-5 and v1alpha1, no savepointsDir, cancelRequested; Apache before 1.8), ' +
    '--recreate deletes the object and creates it again, as that of restore does; a dry run of it prints the object itself ' +
    'with -o yaml and -o json.',
  examples: [
    { what: 'Start the job orders again', command: 'kubectl flinksp resume orders' },
    { what: 'See the plan only', command: 'kubectl flinksp resume orders --dry-run=client' },
    {
      what: 'Where the operator lets no change through',
      command: 'kubectl flinksp resume orders --recreate',
    },
    { what: 'In a script', command: 'kubectl flinksp resume flinkcluster/orders --yes' },
  ],
  flags: resumeFlags,
  operands: ['job'],
  options: resumeOptions,
  run,
}

async function run(options: ResumeOptions, world: World): Promise<CommandResult> {
  const resumption = await prepare(options, world)
  const { value, ...rest } = options.recreate
    ? await byRecreation({ ...resumption, risks: drainRisks(resumption.left) })
    : await inPlace(resumption)
  return {
    ...rest,
    ...(value && { value: value.kind === 'Restore' ? { ...value, done: 'resumed' } : value }),
  }
}

/** A stopped job, and what its stop left. */
interface Resumption extends WishedRestore {
  readonly world: World
  readonly cluster: Cluster
  readonly options: ResumeOptions
  readonly left: LeftByStop
}

async function prepare(options: ResumeOptions, world: World): Promise<Resumption> {
  const cluster = await world.cluster()
  const resource = await findJob(cluster, options.job)
  const subject = await whichOperator(cluster, resource, options.operator)
  const { job } = factsOf(subject)
  const warn = (text: string) => world.person.warn(text)
  const record = await readRecord(cluster, job, { warn, now: world.clock.now() })
  const left = await leftOf(subject, record)
  if (left instanceof Failure) throw left
  return { world, cluster, options, subject, left, wish: wishOf(world, subject, record, left, options) }
}

async function inPlace(resumption: Resumption): Promise<CommandResult> {
  const { world, cluster, options, subject, wish, left } = resumption
  const restoring = await subject.operator.restoring()
  const { safe } = await subject.operator.taking()
  const planned = planRestore(wish, restoring, safe)
  if (planned instanceof Failure) throw planned
  const dry = options.dryRun !== 'none'
  if (!dry && wish.wait) await checkWatch(cluster, subject, 'resume', unseen)
  const finding = await lookBefore(world, toVerify(subject, wish), options)
  const plan = { ...planned, risks: [...planned.risks, ...finding.risks, ...drainRisks(left)] }
  if (dry) {
    await rehearse(cluster, restoring.protocol(wish), wish.resource, options.dryRun)
    return { value: { kind: 'RestorePlan', value: plan } }
  }
  if (!options.yes) await confirmRestore(world, plan, { question: 'Resume it?', what: 'resume' }, finding)
  return carryOut({ world, cluster, options, subject, wish, restoring, plan })
}

async function leftOf(subject: Subject, record: JobRecord): Promise<LeftByStop | Failure> {
  const facts = factsOf(subject)
  const stopping = await subject.operator.stopping()
  const none = stopping.leftNone?.(facts)
  if (none) return none
  return whatStopLeft(facts, lastStop(record, facts.job.uid), stopping.left?.(facts))
}

function wishOf(
  world: World,
  subject: Subject,
  record: JobRecord,
  { location, changes }: LeftByStop,
  { allowNonRestoredState, allowUnknownLocation, wait }: ResumeOptions,
): RestoreWish {
  const facts = factsOf(subject)
  const now = world.clock.now()
  const found = [...savepointsOfStatus(facts), ...savepointsOfRecord(record, facts.job)]
  const known = mergeSavepoints(found, facts.restartPoint)
  return {
    resource: subject.resource,
    facts,
    build: subject.build,
    target: findSavepoint(known, { by: 'location', location }, facts.job, now),
    allowNonRestoredState,
    allowUnknownLocation,
    nonce: world.newId(),
    wait,
    safety: false,
    ...(changes && { setForStop: changes }),
    resumed: true,
    now,
  }
}

function drainRisks({ drained }: LeftByStop): string[] {
  return drained
    ? ['the job was drained: its timers and windows have fired, and it does not go on where it was stopped']
    : []
}
