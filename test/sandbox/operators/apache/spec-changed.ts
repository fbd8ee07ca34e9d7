import type { Pass } from './pass.ts'

/** The Event with which each change begins. */
export async function changed(
  { event, job }: Pass,
  type: 'UPGRADE' | 'SAVEPOINT_REDEPLOY',
  diff: string,
): Promise<void> {
  const message = `${type} change(s) detected (Diff: ${job.kind}Spec[${diff}]), starting reconciliation.`
  await event({ component: 'JobManagerDeployment', type: 'Normal', reason: 'SpecChanged', message })
}
