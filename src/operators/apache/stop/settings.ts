import { fieldsAt } from '../../../domain/fields.ts'
import type { Change } from '../../../domain/plan.ts'
import type { StopWish } from '../../job-operator.ts'
import { savepointDirectoryPlaces } from '../configuration.ts'
import {
  configurationPatch,
  type Plain,
  type Setting,
  settingChange,
  standing,
} from '../configuration-patch.ts'
import { drainKey, formatKey, type KeptSetting, settingsAnnotation, settingsBack } from '../kept-settings.ts'
import type { Beside } from '../restore/writes.ts'

type Asked = Pick<StopWish, 'resource' | 'drain' | 'directory' | 'format'>

/**
 * `--drain`, `--format` and `--target-directory` as keys of spec.flinkConfiguration: the operator reads them out of the spec
 * as it is when it stops a job (FlinkConfigManager.java getObserveConfig). Only what is not so already.
 */
function wantedOf({ resource, drain, directory, format }: Asked): { key: string; to: string }[] {
  return [
    ...(drain ? [{ key: drainKey, to: 'true' }] : []),
    ...(format ? [{ key: formatKey, to: format }] : []),
    ...(directory === undefined
      ? []
      : savepointDirectoryPlaces(resource).map(key => ({ key, to: directory }))),
  ]
}

/** What an earlier stop has left there, and this one does not ask for, goes back with it. */
function stopSettings(asked: Asked): { settings: Setting[]; kept: KeptSetting[] } {
  const now = fieldsAt(asked.resource.spec, 'flinkConfiguration')
  const wanted = wantedOf(asked)
  const earlier = new Map(settingsBack(asked.resource).map(({ key, to }) => [key, to]))
  const original = (key: string): Plain | undefined =>
    earlier.has(key) ? earlier.get(key) : standing(now, key)
  const others = [...earlier].filter(([key]) => !wanted.some(each => each.key === key))
  const settings: Setting[] = [...wanted, ...others.map(([key, to]) => ({ key, to }))]
  return {
    settings: settings.filter(({ key, to }) => !isSame(standing(now, key), to)),
    kept: wanted
      .map(({ key, to }) => ({ key, from: original(key), to }))
      .filter(({ from, to }) => !isSame(from, to)),
  }
}

function isSame(one: Plain | undefined, other: Plain | undefined): boolean {
  return one === other || (one !== undefined && other !== undefined && String(one) === String(other))
}

/** For the plan. */
export function stopSettingChanges(asked: Asked): Change[] {
  const now = fieldsAt(asked.resource.spec, 'flinkConfiguration')
  return stopSettings(asked).settings.map(setting => settingChange(now, setting))
}

/** What the patch of a stop says of them, and the values from before beside it. */
export function setForStop(asked: Asked): Beside {
  const { settings, kept } = stopSettings(asked)
  const { spec, metadata } = asked.resource
  const flinkConfiguration = configurationPatch(fieldsAt(spec, 'flinkConfiguration'), settings)
  const annotation = kept.length > 0 ? JSON.stringify(kept) : null
  const isNews = annotation !== null || settingsAnnotation in metadata.annotations
  return {
    ...(isNews && { annotations: { [settingsAnnotation]: annotation } }),
    ...(settings.length > 0 && { flinkConfiguration }),
  }
}

/** What puts them back without looking at the annotation: for a person, as a command. */
export function unsetAfterStop(asked: Asked): Beside {
  const { kept } = stopSettings(asked)
  if (kept.length === 0) return {}
  const before = kept.map(({ key, from }) => ({ key, to: from }))
  return {
    annotations: { [settingsAnnotation]: null },
    flinkConfiguration: configurationPatch(fieldsAt(asked.resource.spec, 'flinkConfiguration'), before),
  }
}
