import type { World } from '../domain/ports.ts'
import type { Command, CommandResult } from './command.ts'
import { verifyRestartPoints } from './verify/many.ts'
import { verifyNamed } from './verify/one.ts'
import { type VerifyOptions, verifyFlags, verifyOptions } from './verify/options.ts'
import { verdict } from './verify/verdict.ts'

export const verify: Command<VerifyOptions> = {
  name: 'verify',
  usage: 'verify JOB [SAVEPOINT]',
  summary: 'Would this savepoint start this job?',
  description: `Tell before a restore whether a savepoint would start the job: nothing is changed. SAVEPOINT is one of the job's savepoints as for restore: latest (on a terminal also without a word), latest~1, gen:12, a name, a location.

What is checked: that its _metadata is whole; that the Flink of the job reads its format; that the job has each operator whose state is in it; that no operator is more parallel than its state allows; that each file is there that the savepoint needs. It is read as the job's JobManager sees it: a file: path in its pod (get and create pods/exec), an object store from here, with your own credentials.

Which operators the job has is told by the newest checkpoint or savepoint that the running job has completed itself, which holds an entry for each of them. Where none can be read, Flink's REST API tells those that chains begin with, and of all others it is not known. --uids and --uids-file give the uids of a job that does not run yet: Flink hashes them to the ids of operators. --against gives a savepoint of it. An operator without a uid, and one that adopts an id (setUidHash), can be told only by a savepoint.

An operator is Matched; Dropped: in the savepoint only, which with state needs --allow-non-restored-state; New: in the job only, where it starts empty; or Unknown.

Exit code 0: it fits, and every check holds. 3: one fails. 1: none fails, and of one at least it could not be told; what could be told is printed all the same. Not checked: whether the job's code understands the state (serializers, types, keys).

-A, --selector and --all look at the restart point of each job that runs: a job for the night (docs/verify-cronjob.yaml). The exit code is that of the worst, where 1 is worse than 3.`,
  examples: [
    { what: 'Would the latest savepoint start the job?', command: 'kubectl flinksp verify orders latest' },
    {
      what: 'Would it start the next version of the job, which has these uids?',
      command: 'kubectl flinksp verify orders latest --uids source,count,sink',
    },
    {
      what: 'The same, by a savepoint that the next version took in a test',
      command:
        'kubectl flinksp verify orders latest --against s3://test/orders/savepoint-c0c55c-63ed75ba89c1',
    },
    { what: 'Every restart point of the cluster', command: 'kubectl flinksp verify -A' },
    {
      what: 'Which operators would be left behind, for a script',
      command: `kubectl flinksp verify orders latest -o jsonpath='{.operators[?(@.outcome=="Dropped")].name}'`,
    },
  ],
  flags: verifyFlags,
  operands: ['job', 'savepoint'],
  allNamespaces: true,
  options: verifyOptions,
  run,
}

async function run(options: VerifyOptions, world: World): Promise<CommandResult> {
  const { of } = options
  if ('choice' in of) {
    const items = await verifyRestartPoints(world, of, options)
    return {
      value: { kind: 'VerificationList', value: { items } },
      ...ended(verdict(items)),
      ...(items.length === 0 && { empty: 'No running jobs found' }),
    }
  }
  const value = await verifyNamed(world, of, options)
  return { value: { kind: 'Verification', value }, ...ended(verdict([value])) }
}

function ended(failure: CommandResult['failure']): Pick<CommandResult, 'whole' | 'failure'> {
  return { whole: true, ...(failure && { failure }) }
}
