import { failure } from '../../domain/failure.ts'
import type { ArchiveTarget } from '../../domain/ports.ts'
import type { Build } from '../../operators/job-operator.ts'
import type { Arguments, Flag } from '../command.ts'
import { onlyJob, operatorFlag, operatorOf, restUrlFlag } from '../job/flags.ts'
import type { JobName } from '../job/name.ts'

export interface BundleOptions {
  readonly job: JobName
  /** Absent: a name of its own in the working directory. */
  readonly file?: string
  readonly overwrite: ArchiveTarget['overwrite']
  /** How far back logs are read. */
  readonly sinceMs: number
  /** Where the operator runs; absent: it is looked for. */
  readonly operatorNamespace?: string
  readonly operator?: Build
}

export const bundleFlags: readonly Flag[] = [
  {
    name: 'output-file',
    alias: 'f',
    type: 'text',
    holds: 'file',
    value: 'FILE',
    describe:
      'Where to write the archive; - is standard output. By default flinksp-bundle-NAME-TIME.tar.gz in the working directory.',
  },
  {
    name: 'overwrite',
    type: 'boolean',
    default: 'false',
    describe: 'Replace a file that is there already.',
  },
  {
    name: 'since',
    type: 'duration',
    value: 'DURATION',
    default: '24h',
    describe: "How far back to look through the operator's log.",
  },
  {
    name: 'operator-namespace',
    type: 'text',
    holds: 'namespace',
    value: 'NAMESPACE',
    describe: 'Where the operator runs. By default it is looked for by the labels that it is installed with.',
  },
  restUrlFlag,
  operatorFlag,
]

/** The command line of `bundle` as a value; throws a usage Failure. */
export function bundleOptions(args: Arguments): BundleOptions {
  const job = onlyJob(args.words, 'bundle')
  const file = args.text('output-file')
  const operatorNamespace = args.text('operator-namespace')
  if (file === '') throw failure('usage', '--output-file is empty')
  if (file === '-' && args.text('output'))
    throw failure('usage', '-f - puts the archive on standard output, where there is no room for -o')
  return {
    job,
    overwrite: args.boolean('overwrite') ?? false,
    sinceMs: args.durationMs('since') ?? 0,
    ...(file !== undefined && { file }),
    ...(operatorNamespace && { operatorNamespace }),
    ...operatorOf(args),
  }
}
