import { type Fields, fieldsAt, isFields } from '../../../domain/fields.ts'
import type { Write } from '../../../domain/ports.ts'
import type { Change } from '../../../domain/printable.ts'
import { refOf } from '../../../domain/resource.ts'
import type { AutomaticWish } from '../../job-operator.ts'
import { configurationOf, savepointDirectoryKeys } from '../configuration.ts'
import { periodicKey, periodicSetting } from '../periodic.ts'

/** Default false (KubernetesOperatorConfigOptions.java). */
export const restartKey = 'kubernetes.operator.job.restart.failed'

/** One key of spec.flinkConfiguration as the patch sets it; `to` undefined: it is removed. */
interface Setting {
  readonly key: string
  readonly to: string | undefined
}

/** Only what is not so already. */
function settingsOf({ resource, everySeconds, directory, onFailure }: AutomaticWish): Setting[] {
  const configuration = configurationOf(resource.spec)
  const directoryKey =
    savepointDirectoryKeys.find(key => configuration[key] !== undefined) ?? 'state.savepoints.dir'
  const settings: (Setting | undefined)[] = [
    everySeconds === undefined || isEvery(everySeconds, periodicSetting(configuration))
      ? undefined
      : { key: periodicKey, to: everySeconds === 'off' ? undefined : `${everySeconds} s` },
    directory === undefined || configuration[directoryKey] === directory
      ? undefined
      : { key: directoryKey, to: directory },
    onFailure === undefined || (configuration[restartKey] === 'true') === (onFailure === 'restore')
      ? undefined
      : { key: restartKey, to: String(onFailure === 'restore') },
  ]
  return settings.filter(setting => setting !== undefined)
}

function isEvery(wanted: number | 'off', now: ReturnType<typeof periodicSetting>): boolean {
  if (wanted === 'off') return now === undefined
  return now !== undefined && 'everySeconds' in now && now.everySeconds === wanted
}

export function autoChanges(wish: AutomaticWish): Change[] {
  const configuration = configurationOf(wish.resource.spec)
  return settingsOf(wish).map(({ key, to }) => {
    const from = configuration[key]
    return {
      path: `spec.flinkConfiguration['${key}']`,
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    }
  })
}

/** Settings of the operator's own restart nothing; those of Flink do (ReflectiveDiffBuilder: kubernetes.operator.* is IGNORE; seen on 1.7.0 and 1.15.0). */
export function restarts(wish: AutomaticWish): boolean {
  return settingsOf(wish).some(({ key }) => !key.startsWith('kubernetes.operator.'))
}

/** Each key is written where it stands: since operator 1.13 it may be nested. */
export function autoPatch(wish: AutomaticWish): Write {
  const { resource } = wish
  const now = fieldsAt(resource.spec, 'flinkConfiguration')
  const patches = settingsOf(wish).map(({ key, to }) => nested(placeOf(now, key) ?? [key], to ?? null))
  const { resourceVersion } = resource.metadata
  return {
    verb: 'patch',
    ref: refOf(resource),
    type: 'merge',
    body: { metadata: { resourceVersion }, spec: { flinkConfiguration: patches.reduce(merged, {}) } },
  }
}

/** The keys one after the other under which `key` stands, however it is divided. */
function placeOf(fields: Fields, key: string): string[] | undefined {
  for (const [name, value] of Object.entries(fields)) {
    if (name === key && !isFields(value)) return [name]
    const below =
      isFields(value) && key.startsWith(`${name}.`) ? placeOf(value, key.slice(name.length + 1)) : undefined
    if (below) return [name, ...below]
  }
  return undefined
}

function nested(place: readonly string[], value: unknown): Fields {
  const [key = '', ...below] = place
  return { [key]: below.length === 0 ? value : nested(below, value) }
}

function merged(one: Fields, other: Fields): Fields {
  const all: Record<string, unknown> = { ...one }
  for (const [key, value] of Object.entries(other)) {
    const there = all[key]
    all[key] = isFields(there) && isFields(value) ? merged(there, value) : value
  }
  return all
}
