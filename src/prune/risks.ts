import type { PlannedDeletion, PruneCriteria } from '../domain/prune.ts'

/** What may surprise, a sentence each. */
export function pruneRisks(deletions: readonly PlannedDeletion[], criteria: PruneCriteria): string[] {
  if (deletions.length === 0) return []
  const named = deletions.flatMap(({ name }) => name ?? [])
  const unrecorded = deletions.filter(each => each.unrecorded).length
  const remains = deletions.filter(each => each.remains).length
  const shared = deletions.reduce((sum, { sharedFiles = 0 }) => sum + sharedFiles, 0)
  return [
    'what is deleted cannot be brought back',
    'jobs of other clusters, and those that run outside of Kubernetes, are not seen',
    named.length > 0 && `some have a name: ${named.slice(0, 10).join(', ')} (--keep-named leaves them)`,
    remains > 0 &&
      `${remains === 1 ? '1 is what' : `${remains} are what`} a deletion that was broken off has left: without _metadata, nothing can be started from it`,
    unrecorded > 0 && `nobody recorded that this job took ${unrecorded} of them`,
    shared > 0 && `${shared} of their files stay, because what is kept needs them`,
    criteria.assumeNoOtherUsers === true && 'that no other job needs any of them is assumed',
  ].filter(risk => typeof risk === 'string')
}
