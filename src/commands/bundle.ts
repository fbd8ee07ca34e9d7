import type { Machine } from '../domain/connection.ts'
import type { World } from '../domain/ports.ts'
import type { Bundle } from '../domain/printable.ts'
import { printedName } from '../domain/resource.ts'
import { gatherFlink } from './bundle/flink.ts'
import { type Gathered, together } from './bundle/gathered.ts'
import { gatherObjects } from './bundle/objects.ts'
import { gatherOperator } from './bundle/operator.ts'
import { type BundleOptions, bundleFlags, bundleOptions } from './bundle/options.ts'
import { redactedFiles } from './bundle/redacted.ts'
import { gatherVersions } from './bundle/versions.ts'
import type { Command, CommandResult } from './command.ts'
import { findJob } from './job/find-job.ts'
import { factsOf, type Subject, whichOperator } from './job/which-operator.ts'
import { versionInfo } from './version.ts'

export function bundleOn(machine: Machine): Command<BundleOptions> {
  return {
    name: 'bundle',
    usage: 'bundle (NAME | KIND/NAME)',
    summary: 'Write what helps others to find a fault into an archive, without secrets',
    description: `Write an archive for a bug report or for support: the object of the job, what its operator made for it and keeps of it, the record of the plugin, Events, Flink's own answers (its configuration, the job, checkpoints, exceptions), the lines of the operator's log that name the job, and all versions. INDEX.md in it says what is there, and what is not and why.

Secrets are taken out and read REDACTED: environments, arguments of programs, whatever is named like a secret (s3.secret-key, password, token, sasl.jaas.config ...) or has the form of one, passwords and signatures in addresses, also inside of other texts; and what was found to be a secret in one place is taken out in all others. Secrets and the kubeconfig are not read. Look it over all the same before you give it away.

What may not be read, or does not answer within 15 s, is left out: that is no error. The operator is looked for in all namespaces by the labels that it is installed with, and where that is not allowed, where it usually is.

The archive is written whole or not at all, for you alone to read (0600), and never over a file that is there, unless with --overwrite. With -f - it goes to standard output.`,
    examples: [
      { what: 'All that helps, in the working directory', command: 'kubectl flinksp bundle orders' },
      {
        what: 'What is in it',
        command: 'kubectl flinksp bundle orders -f - | tar -tzv',
      },
      {
        what: 'Of an operator that is installed somewhere else, three days back',
        command: 'kubectl flinksp bundle orders --operator-namespace streaming --since 72h',
      },
    ],
    flags: bundleFlags,
    operands: ['job'],
    options: bundleOptions,
    run: (options, world) => bundled(options, world, machine),
  }
}

async function bundled(options: BundleOptions, world: World, machine: Machine): Promise<CommandResult> {
  const now = world.clock.now()
  const base = baseName(options, now)
  const target = { file: options.file ?? `${base}.tar.gz`, overwrite: options.overwrite }
  await world.archives.check(target)
  const cluster = await world.cluster()
  const subject = await whichOperator(cluster, await findJob(cluster, options.job), options.operator)
  const gathered = await gather(world, subject, options, machine)
  const { job } = factsOf(subject)
  const { files, contents } = redactedFiles(job, gathered, new Date(now).toISOString())
  const inFolder = files.map(({ path, text }) => ({ path: `${base}/${path}`, text }))
  const written = await world.archives.write(target, inFolder, now)
  for (const { what, reason } of contents.missing) world.person.tell(`not in it: ${what}: ${reason}`)
  world.person.tell('look it over before you give it away: INDEX.md in it says what is there')
  if (target.file === '-') return {}
  const { file, sizeBytes } = written
  const { job: _, ...told } = contents
  const value: Bundle = { job, file, sizeBytes, ...told }
  return { value: { kind: 'Bundle', value } }
}

async function gather(
  world: World,
  subject: Subject,
  options: BundleOptions,
  machine: Machine,
): Promise<Gathered> {
  const cluster = await world.cluster()
  const facts = factsOf(subject)
  world.person.tell(`asking the API server, Flink and the operator's log about ${printedName(facts.job)}`)
  const found = together(
    await Promise.all([
      gatherObjects(world, cluster, subject),
      gatherFlink(world, facts),
      gatherOperator(world, cluster, subject, facts, options),
    ]),
  )
  return together([
    found,
    await gatherVersions(world, cluster, subject, versionInfo(machine).clientVersion, found.parts),
  ])
}

/** Names in an archive are bounded. */
function baseName({ job }: BundleOptions, now: number): string {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')
  return `flinksp-bundle-${job.name.slice(0, 60)}-${time}`
}
