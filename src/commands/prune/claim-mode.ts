import type { ClaimMode } from '../../domain/claim-mode.ts'
import { Failure } from '../../domain/failure.ts'
import type { JobFacts } from '../../domain/job.ts'
import type { World } from '../../domain/ports.ts'

const restMs = 5_000

/** As the object's configuration says, else Flink's default: NO_CLAIM since 1.15, and what LEGACY means before. undefined: nobody says. */
export async function claimModeOf(world: World, facts: JobFacts): Promise<ClaimMode | undefined> {
  if (facts.claimMode !== undefined || !facts.running) return facts.claimMode
  const version = await versionOf(world, facts)
  const [, major, minor] = /^(\d{1,4})\.(\d{1,4})/.exec(version ?? '') ?? []
  if (major === undefined) return undefined
  return Number(major) > 1 || Number(minor) >= 15 ? 'NO_CLAIM' : 'LEGACY'
}

async function versionOf(world: World, { rest }: JobFacts): Promise<string | undefined> {
  try {
    const flink = await world.rest(rest, 'proxy')
    try {
      const answer = await flink.ask({ ask: 'version' }, { timeoutMs: restMs, signal: world.interrupted })
      return answer.answer === 'version' ? answer.version : undefined
    } finally {
      await flink.close()
    }
  } catch (error) {
    if (error instanceof Failure && error.code === 'not-asked') return undefined
    throw error
  }
}
