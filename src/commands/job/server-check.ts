import { Failure } from '../../domain/failure.ts'
import type { Fields } from '../../domain/fields.ts'
import { fieldsAt } from '../../domain/fields.ts'
import { type Cluster, refusedWith } from '../../domain/ports.ts'
import { type Resource, refOf } from '../../domain/resource.ts'
import { wanted } from '../restore/creation.ts'

/**
 * Has the server check what a recreation will do: the creation, under a name that is free, and the deletion. Throws what
 * would stand in the way; what the server cannot check is a sentence each.
 */
export async function checkRecreation(
  cluster: Cluster,
  old: Resource,
  manifest: Fields,
  freeName: string,
): Promise<string[]> {
  const renamed = { ...manifest, metadata: { ...fieldsAt(manifest, 'metadata'), name: freeName } }
  const creation = await tried(async () => {
    await cluster.write({ verb: 'create', ref: refOf(wanted(renamed)), body: renamed }, { dryRun: true })
  })
  const deletion = await tried(() => cluster.remove(old, { dryRun: true }))
  return [
    ...(creation ? [`the server could not check the creation beforehand: ${creation.message}`] : []),
    ...(deletion ? [`the server could not check the deletion beforehand: ${deletion.message}`] : []),
  ]
}

/** A refusal that says nothing of the real request is given back. */
async function tried(request: () => Promise<void>): Promise<Failure | undefined> {
  try {
    await request()
    return undefined
  } catch (error) {
    // A status is written all the time; the deletion itself is tried again then.
    if (refusedWith(error, 409)) return undefined
    if (error instanceof Failure && isAboutTheCheck(error)) return error
    throw error
  }
}

/**
 * Webhooks with side effects refuse dry runs (apiserver pkg/admission/plugin/webhook: "admission webhook … does not
 * support dry run"), and a quota that is used up has room once the old object is gone.
 */
function isAboutTheCheck({ message }: Failure): boolean {
  return message.includes('does not support dry run') || message.includes('exceeded quota')
}
