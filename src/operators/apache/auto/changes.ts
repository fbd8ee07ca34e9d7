import { fieldsAt } from '../../../domain/fields.ts'
import type { Change } from '../../../domain/plan.ts'
import type { Write } from '../../../domain/ports.ts'
import { refOf } from '../../../domain/resource.ts'
import type { AutomaticWish } from '../../job-operator.ts'
import { type Configuration, configurationOf, savepointDirectoryPlaces } from '../configuration.ts'
import { configurationPatch, type Setting, settingChange } from '../configuration-patch.ts'
import { periodicCheckpointKey, periodicKey, periodicSetting } from '../periodic.ts'

/** Default false (KubernetesOperatorConfigOptions.java). */
export const restartKey = 'kubernetes.operator.job.restart.failed'

/** Only what is not so already. */
function settingsOf(wish: AutomaticWish): Setting[] {
  const { resource, everySeconds, checkpointsEverySeconds, directory, onFailure } = wish
  const configuration = configurationOf(resource.spec)
  const settings: (Setting | undefined)[] = [
    every(configuration, periodicKey, everySeconds),
    every(configuration, periodicCheckpointKey, checkpointsEverySeconds),
    ...placed(resource, configuration, directory),
    onFailure === undefined || (configuration[restartKey] === 'true') === (onFailure === 'restore')
      ? undefined
      : { key: restartKey, to: String(onFailure === 'restore') },
  ]
  return settings.filter(setting => setting !== undefined)
}

function placed(
  resource: AutomaticWish['resource'],
  configuration: Configuration,
  directory: string | undefined,
): Setting[] {
  if (directory === undefined) return []
  const others = savepointDirectoryPlaces(resource).filter(key => configuration[key] !== directory)
  return others.map(key => ({ key, to: directory }))
}

function every(
  configuration: Configuration,
  key: string,
  wanted: number | 'off' | undefined,
): Setting | undefined {
  if (wanted === undefined || isEvery(wanted, periodicSetting(configuration, key))) return undefined
  return { key, to: wanted === 'off' ? undefined : `${wanted} s` }
}

function isEvery(wanted: number | 'off', now: ReturnType<typeof periodicSetting>): boolean {
  if (wanted === 'off') return now === undefined
  return now !== undefined && 'everySeconds' in now && now.everySeconds === wanted
}

export function autoChanges(wish: AutomaticWish): Change[] {
  const now = fieldsAt(wish.resource.spec, 'flinkConfiguration')
  return settingsOf(wish).map(setting => settingChange(now, setting))
}

/** Settings of the operator's own restart nothing; those of Flink do (ReflectiveDiffBuilder: kubernetes.operator.* is IGNORE; seen on 1.7.0 and 1.15.0). */
export function restarts(wish: AutomaticWish): boolean {
  return settingsOf(wish).some(({ key }) => !key.startsWith('kubernetes.operator.'))
}

export function autoPatch(wish: AutomaticWish): Write {
  const { resource } = wish
  const now = fieldsAt(resource.spec, 'flinkConfiguration')
  const { resourceVersion } = resource.metadata
  return {
    verb: 'patch',
    ref: refOf(resource),
    type: 'merge',
    body: {
      metadata: { resourceVersion },
      spec: { flinkConfiguration: configurationPatch(now, settingsOf(wish)) },
    },
  }
}
