import { writeFileSync } from 'node:fs'
import { setStage } from './demo/stage.ts'
import { typed } from './demo/tour.ts'

/** Writes docs/json.md: what each command prints with `-o json`, from a real run on a sandbox. */
interface Example {
  readonly kind: string
  readonly says: string
  readonly words: readonly string[]
  /** 0 where it is not given. */
  readonly exit?: number
}

const examples: readonly Example[] = [
  { kind: 'TakePlan', says: 'What a take would change.', words: ['take', 'orders', '--dry-run=client'] },
  { kind: 'TakePlanList', says: 'Of many jobs.', words: ['take', '--all', '--dry-run=client'] },
  {
    kind: 'Savepoint',
    says: 'A savepoint, however it ended: `state` tells. `payments` cannot write its directory.',
    words: ['take', 'payments'],
    exit: 3,
  },
  {
    kind: 'Savepoint',
    says: 'And one that is complete.',
    words: ['take', 'orders', '--name', 'before-v2', '--note', 'the last one of 1.x'],
  },
  { kind: 'SavepointList', says: 'Every savepoint that is known of a job.', words: ['history', 'orders'] },
  { kind: 'Inspection', says: 'What is in one.', words: ['inspect', 'orders', 'before-v2'] },
  {
    kind: 'InspectionDiff',
    says: 'What changed.',
    words: ['inspect', 'orders', 'before-v2', 'latest', '--diff'],
  },
  { kind: 'Verification', says: 'Would it start the job?', words: ['verify', 'orders', 'before-v2'] },
  { kind: 'VerificationList', says: 'Every restart point.', words: ['verify', '--all'], exit: 3 },
  {
    kind: 'RestorePlan',
    says: 'What a restore would do.',
    words: ['restore', 'orders', 'before-v2', '--dry-run=client'],
  },
  {
    kind: 'Restore',
    says: 'What it did, and the proof.',
    words: ['restore', 'orders', 'before-v2', '--yes'],
  },
  { kind: 'JobStatus', says: 'How a job is protected.', words: ['status', 'orders'] },
  { kind: 'JobStatusList', says: 'And all jobs.', words: ['status'] },
  { kind: 'Automatic', says: 'What the operator does by itself.', words: ['auto', 'orders'] },
  {
    kind: 'AutomaticPlan',
    says: 'What a change of it would do.',
    words: ['auto', 'orders', '--every', '15m', '--dry-run=client'],
  },
  {
    kind: 'PrunePlan',
    says: 'Which savepoints may go; `prune --apply` takes it.',
    words: ['prune', 'orders', '--keep', '1'],
  },
  { kind: 'Prune', says: 'Which are gone.', words: ['prune', 'orders', '--keep', '1', '--yes'] },
  { kind: 'StopPlan', says: 'What a stop would do.', words: ['stop', 'orders', '--dry-run=client'] },
  {
    kind: 'Bundle',
    says: 'Where the archive is, what is in it, and what is not and why.',
    words: ['bundle', 'orders', '-f', 'bundle.tar.gz'],
  },
  { kind: 'Version', says: 'Which program this is.', words: ['version'] },
]

const parts = [
  '<!-- Written by `npm run picture` from a run on the sandbox; do not edit. -->',
  '# JSON',
  [
    'With `-o json` and `-o yaml` a command prints one document of `apiVersion: flinksp/v1`; with `--watch`, one after the other. The',
    '[schema](schema/v1.json) has every field; fields are only ever added. What is not known is absent. Times are RFC 3339 in UTC, sizes bytes,',
    'and the document is printed however the command ends, so that a failed savepoint can be read by a program as well.',
  ].join('\n'),
]
const stage = await setStage()
try {
  for (const example of examples) parts.push(...(await shown(example)))
} finally {
  await stage.close()
}
writeFileSync('docs/json.md', `${parts.join('\n\n')}\n`)

async function shown({ kind, says, words, exit = 0 }: Example): Promise<string[]> {
  const printed = await stage.printed([...words, '-o', 'json'], exit)
  const document = printed.slice(printed.indexOf('{\n'), printed.lastIndexOf('\n}') + 2)
  if (JSON.parse(document).kind !== kind) throw new Error(`${words.join(' ')} printed no ${kind}\n${printed}`)
  const command = `${typed({ says, words })} -o json`
  const fences = [`\`\`\`sh\n${command}\n\`\`\``, `\`\`\`json\n${document}\n\`\`\``]
  const heading = parts.includes(`## ${kind}`) ? [] : [`## ${kind}`]
  return [...heading, says, ...fences]
}
