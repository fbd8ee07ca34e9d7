import type { Scenario } from './scenario.ts'
import { apacheNonces } from './scenarios/apache-nonces.ts'
import { apacheSettings } from './scenarios/apache-settings.ts'
import { apacheSnapshots } from './scenarios/apache-snapshots.ts'
import { apacheStates } from './scenarios/apache-states.ts'
import { autos } from './scenarios/autos.ts'
import { bundles } from './scenarios/bundles.ts'
import { completions } from './scenarios/completions.ts'
import { costs } from './scenarios/costs.ts'
import { discoveries } from './scenarios/discoveries.ts'
import { everyKindsRestores } from './scenarios/every-kind-restores.ts'
import { followings } from './scenarios/followings.ts'
import { histories } from './scenarios/histories.ts'
import { inspections } from './scenarios/inspections.ts'
import { names } from './scenarios/names.ts'
import { newJobs } from './scenarios/new-jobs.ts'
import { oldTags } from './scenarios/old-tags.ts'
import { outputs } from './scenarios/outputs.ts'
import { prunes } from './scenarios/prunes.ts'
import { records } from './scenarios/records.ts'
import { recreations } from './scenarios/recreations.ts'
import { restoreEndings } from './scenarios/restore-endings.ts'
import { restorePlans } from './scenarios/restore-plans.ts'
import { restores } from './scenarios/restores.ts'
import { resumes } from './scenarios/resumes.ts'
import { secrecy } from './scenarios/secrecy.ts'
import { statuses } from './scenarios/statuses.ts'
import { stops } from './scenarios/stops.ts'
import { stopsByFlink } from './scenarios/stops-by-flink.ts'
import { takeFailures } from './scenarios/take-failures.ts'
import { takesOfMany } from './scenarios/take-many.ts'
import { takeRefusals } from './scenarios/take-refusals.ts'
import { takeWaits } from './scenarios/take-waits.ts'
import { takeWays } from './scenarios/take-ways.ts'
import { verifications } from './scenarios/verifications.ts'

/** The contract: what holds on every API server. */
export const scenarios: readonly Scenario[] = [
  ...everyKindsRestores,
  ...takeWays,
  ...takeRefusals,
  ...takeFailures,
  ...outputs,
  ...histories,
  ...followings,
  ...restorePlans,
  ...restores,
  ...restoreEndings,
  ...recreations,
  ...newJobs,
  ...statuses,
  ...stops,
  ...stopsByFlink,
  ...resumes,
  ...autos,
  ...records,
  ...names,
  ...inspections,
  ...prunes,
  ...bundles,
  ...secrecy,
  ...verifications,
  ...completions,
  ...costs,
  ...discoveries,
  ...takesOfMany,
  ...takeWaits,
  ...oldTags,
  ...apacheSnapshots,
  ...apacheStates,
  ...apacheNonces,
  ...apacheSettings,
]
