import type { World } from '../../domain/ports.ts'
import type { Verification } from '../../domain/verification.ts'
import { findSavepoint } from '../../history/find-savepoint.ts'
import { operatorOf } from '../../operators/index.ts'
import { gatherSavepoints } from '../sources/gather.ts'
import { look, type OperatorsWish } from './look.ts'
import type { NamedSavepoint, OperatorsOption, VerifyOptions } from './options.ts'
import { uidsIn } from './uids-file.ts'

/** One savepoint of one job. Throws where either is not to be found. */
export async function verifyNamed(
  world: World,
  named: NamedSavepoint,
  options: VerifyOptions,
): Promise<Verification> {
  const { operator, restWanted, limitMs, files, allowNonRestoredState, flinkVersion } = options
  const operators = await wishOf(world, named.operators)
  const { resource, facts, savepoints } = await gatherSavepoints(world, named.job, {
    sources: new Set(['record', 'status', 'snapshots', 'rest'] as const),
    restWaitMs: 2_000,
    restWanted,
    ...(operator && { operator }),
  })
  const verifying = await operatorOf(resource).verifying()
  const { verification } = await look(world, {
    job: facts.job,
    savepoint: findSavepoint(savepoints, named.savepoint, facts.job, world.clock.now()),
    facts,
    demands: verifying.demands(resource),
    operators,
    ...(flinkVersion !== undefined && { flinkVersion }),
    allowNonRestoredState,
    files,
    reach: restWanted ? 'any' : 'proxy',
    limitMs,
  })
  return verification
}

async function wishOf({ places }: World, option: OperatorsOption): Promise<OperatorsWish> {
  if (option.by !== 'uids') return option
  return { by: 'uids', uids: option.file === undefined ? option.uids : await uidsIn(places, option.file) }
}
