import { Failure } from '../domain/failure.ts'
import type { World } from '../domain/ports.ts'
import { planRestore } from '../plan/restore-plan.ts'
import type { Command, CommandResult } from './command.ts'
import { checkWatch, rehearse, unseen } from './job/confirm-plan.ts'
import { byRecreation } from './restore/by-recreation.ts'
import { restoreToNew } from './restore/new-job.ts'
import { type RestoreOptions, restoreFlags, restoreOptions } from './restore/options.ts'
import { carryOut } from './restore/restoration.ts'
import { confirmRestore, lookBefore, tellFinding, toVerify } from './restore/verified.ts'
import { wishedRestore } from './restore/wish.ts'
import { safetyWay } from './take/safety-savepoint.ts'

export const restore: Command<RestoreOptions> = {
  name: 'restore',
  usage: 'restore (NAME | KIND/NAME) [SAVEPOINT]',
  summary: 'Restart a job from a savepoint',
  description: `Restart a job from a savepoint, by one change of its object. A plan is shown and confirmed first; a running job gets a safety savepoint before anything is changed; then the command waits until the operator shows the job running from that savepoint, and Flink says that it was restored from it.

SAVEPOINT is a location, latest, latest~1 (the one before), gen:12 (the one of a savepointGeneration), or the name that take --name gave it (before-v2, or name:before-v2). Without it, the latest is proposed on a terminal.

Whether the savepoint would start the job is looked at first, as verify does, for 5 s at most (--verify-timeout): its operators, its files, parallelism and the version of Flink. One that would not, or that is not there, is a risk in the plan, and asked about again; with --yes it is refused before anything is changed (exit code 1), unless --verify=false. What could not be told, or looked for, is a line, and stops nothing. --manifest looks too, and only warns.

Where the operator lets no change through (GCP up to v1beta1-5 and v1alpha1, no savepointsDir, cancelRequested; Apache before 1.8), --recreate deletes the object and creates it again: its manifest is kept in a file first, from which kubectl create finishes the restore whatever happens.

--to-new creates a further job and leaves this one as it is; --filename creates the job of a manifest. Without NAME the savepoint is one of the job that the manifest names: where there is none of that name, SAVEPOINT has to be a location, or a name that its record still has, since latest and gen:12 count the savepoints of a job that is there. A dry run of these two or of --recreate prints the object itself with -o yaml and -o json, as kubectl create does. --manifest prints it for every restore and changes nothing, for those who keep their objects in Git.`,
  examples: [
    {
      what: 'Restore the job orders from its latest savepoint',
      command: 'kubectl flinksp restore orders latest',
    },
    {
      what: 'See the plan only',
      command:
        'kubectl flinksp restore orders gs://bucket/orders/savepoint-c0c55c-63ed75ba89c1 --dry-run=client',
    },
    {
      what: 'From the one that take --name before-v2 took',
      command: 'kubectl flinksp restore orders before-v2',
    },
    { what: 'In a script', command: 'kubectl flinksp restore flinkcluster/orders latest~1 --yes' },
    { what: 'Take the last restore back', command: 'kubectl flinksp restore orders --undo' },
    {
      what: 'Where the operator lets no change through',
      command: 'kubectl flinksp restore orders latest --recreate',
    },
    {
      what: 'Try a savepoint in a job of its own',
      command: 'kubectl flinksp restore orders latest --to-new orders-2',
    },
    {
      what: 'Start a changed job from it',
      command: 'kubectl flinksp restore orders latest --filename orders-v2.yaml',
    },
    {
      what: 'Print the object to be put into Git',
      command: 'kubectl flinksp restore orders latest --manifest',
    },
  ],
  flags: restoreFlags,
  operands: ['job', 'savepoint'],
  options: restoreOptions,
  run,
}

async function run(options: RestoreOptions, world: World): Promise<CommandResult> {
  const { way, job } = options
  if (way.how === 'copy' || way.how === 'file') return restoreToNew(options, way, world)
  if (!job) throw new Error('a restore needs a job')
  return way.how === 'recreate' ? recreated(options, job, world) : inPlace(options, job, world)
}

type Job = NonNullable<RestoreOptions['job']>

async function inPlace(options: RestoreOptions, job: Job, world: World): Promise<CommandResult> {
  const cluster = await world.cluster()
  const { subject, wish } = await wishedRestore(world, cluster, job, options)
  const restoring = await subject.operator.restoring()
  const planned = planRestore(wish, restoring, await safetyWay(subject))
  if (planned instanceof Failure) throw planned
  if (options.manifest) {
    const { manifest } = await subject.operator.creating()
    for (const risk of planned.risks) world.person.tell(`note: ${risk}`)
    await tellFinding(world, toVerify(subject, wish), options)
    return { value: { kind: 'Manifest', value: manifest(wish.resource.body, wish) } }
  }
  const dry = options.dryRun !== 'none'
  // The wait for the safety savepoint is no choice.
  if (!dry && wish.safety) await checkWatch(cluster, subject, 'restore')
  else if (!dry && wish.wait) await checkWatch(cluster, subject, 'restore', unseen)
  const finding = await lookBefore(world, toVerify(subject, wish), options)
  const plan = { ...planned, risks: [...planned.risks, ...finding.risks] }
  if (dry) {
    await rehearse(cluster, restoring.protocol(wish), wish.resource, options.dryRun)
    return { value: { kind: 'RestorePlan', value: plan } }
  }
  if (!options.yes) await confirmRestore(world, plan, { question: 'Restore it?', what: 'restore' }, finding)
  return carryOut({ world, cluster, options, subject, wish, restoring, plan })
}

async function recreated(options: RestoreOptions, job: Job, world: World): Promise<CommandResult> {
  const cluster = await world.cluster()
  const wished = await wishedRestore(world, cluster, job, options)
  return byRecreation({ world, cluster, options, ...wished })
}
