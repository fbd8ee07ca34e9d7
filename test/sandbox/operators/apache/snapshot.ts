import { type Fields, fieldsAt, isFields, textsAt } from '../../../../src/domain/fields.ts'
import { isApiError } from '../../kubernetes/api.ts'
import type { ApacheOperator } from './operator-context.ts'
import { pathOf } from './pass.ts'
import type { Owned } from './resource.ts'

export interface SnapshotStatus {
  readonly state?: 'TRIGGER_PENDING' | 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' | 'ABANDONED'
  readonly failures: number
  readonly triggerId?: string
  readonly triggerTimestamp?: string
  readonly resultTimestamp?: string
  readonly path?: string
  readonly error?: string
}

export interface Snapshot extends Owned<'FlinkStateSnapshot'> {
  readonly status: SnapshotStatus | undefined
}

/** The labels that the operator keeps; those of the job are missing where alreadyExists needs none, or the job is not there. */
export async function labelSnapshot(
  { api }: ApacheOperator,
  snapshot: Snapshot,
  state: string,
): Promise<void> {
  const { spec, body } = snapshot
  const { kind, name } = fieldsAt(spec, 'jobReference')
  const known = state !== 'TRIGGER_PENDING' && isFields(spec['jobReference'])
  const labels = textsAt(body, 'metadata', 'labels')
  const wanted: Fields = {
    'snapshot.state': state,
    'snapshot.type': spec['checkpoint'] === undefined ? 'SAVEPOINT' : 'CHECKPOINT',
    'snapshot.trigger-type': labels['snapshot.trigger-type'] ?? 'MANUAL',
    ...(known && { 'job-reference.kind': kind, 'job-reference.name': name }),
  }
  if (Object.entries(wanted).every(([key, value]) => labels[key] === value)) return
  await api.patch(pathOf(snapshot), { metadata: { labels: wanted } })
}

export async function writeSnapshot(
  { api }: ApacheOperator,
  snapshot: Owned<'FlinkStateSnapshot'>,
  status: SnapshotStatus,
): Promise<void> {
  const path = pathOf(snapshot)
  for (;;) {
    const newest = await api.get(path)
    try {
      await api.replace(`${path}/status`, { ...newest, status })
      return
    } catch (error) {
      if (!isApiError(error, 409)) throw error
    }
  }
}
