import { Failure } from '../../domain/failure.ts'
import type { Cluster, World } from '../../domain/ports.ts'
import { planRecreation } from '../../plan/creation-plan.ts'
import type { CommandResult } from '../command.ts'
import { checkWatch } from '../job/confirm-plan.ts'
import { checkRecreation } from '../job/server-check.ts'
import { safetyWay } from '../take/safety-savepoint.ts'
import type { RestoreOptions } from './options.ts'
import { recreate } from './recreation.ts'
import { confirmRestore, type Looking, lookBefore, tellFinding, toVerify } from './verified.ts'
import type { WishedRestore } from './wish.ts'

/** A job that is to be deleted and created again, so that it starts from a savepoint. */
export interface WishedRecreation extends WishedRestore {
  readonly world: World
  readonly cluster: Cluster
  readonly options: Looking &
    Pick<RestoreOptions, 'timeoutMs' | 'record'> & {
      /** Print it, and change nothing. */
      readonly manifest?: boolean
    }
  /** What may surprise beyond what is so for every recreation. */
  readonly risks?: readonly string[]
}

/** From the plan on: it is checked with the server, agreed to, and carried out. Throws why it cannot be. */
export async function byRecreation(wished: WishedRecreation): Promise<CommandResult> {
  const { world, cluster, options, subject, wish, risks = [] } = wished
  const restoring = await subject.operator.restoring()
  const creating = await subject.operator.creating()
  const { nonce, ...bare } = wish
  const manifest = creating.manifest(wish.resource.body, bare)
  const safe = await safetyWay(subject)
  const planned = planRecreation({ wish, creating, restoring, manifest, safe })
  if (planned instanceof Failure) throw planned
  const asked = toVerify(subject, wish)
  if (options.manifest) {
    await tellFinding(world, asked, options)
    return { value: { kind: 'Manifest', value: manifest } }
  }
  const freeName = `flinksp-check-${nonce.slice(0, 12)}`
  const doubts =
    options.dryRun === 'client' ? [] : await checkRecreation(cluster, wish.resource, manifest, freeName)
  const [question, what] = wish.resumed ? ['Resume it?', 'resume'] : ['Restore it?', 'restore']
  if (options.dryRun === 'none') await checkWatch(cluster, subject, what)
  const finding = await lookBefore(world, asked, options)
  const plan = { ...planned, risks: [...planned.risks, ...finding.risks, ...risks, ...doubts] }
  if (options.dryRun !== 'none') return { value: { kind: 'RestorePlan', value: plan, manifest } }
  if (!options.yes) await confirmRestore(world, plan, { question, what }, finding)
  return recreate({ world, cluster, options, subject, wish, creating, plan })
}
