import { type Fields, fieldsAt, isFields } from '../../domain/fields.ts'
import type { Change } from '../../domain/plan.ts'
import { savepointDirectoryKeys } from './configuration.ts'
import {
  configurationPatch,
  isPlain,
  type Plain,
  type Setting,
  settingChange,
  standing,
} from './configuration-patch.ts'

/** Kept by `stop`: what it has set in spec.flinkConfiguration for itself, and what stood there before. */
export const settingsAnnotation = 'flinksp/stop-settings'

/** `stop --drain`: for every stop with a savepoint, whatever its name says (AbstractFlinkService.java; 1.7.0 has it). */
export const drainKey = 'kubernetes.operator.job.drain-on-savepoint-deletion'
export const formatKey = 'kubernetes.operator.savepoint.format.type'

/** Whoever may write the annotation may not make anybody set anything else. */
const ours = new Set([drainKey, formatKey, ...savepointDirectoryKeys])

/** What of an object is looked at. */
interface Annotated {
  readonly spec: Fields
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> }
}

/** One key that a stop has set, and what was there; `from` undefined: nothing. */
export interface KeptSetting {
  readonly key: string
  readonly from: Plain | undefined
  readonly to: Plain
}

const longest = 8_192

/** What puts back all that still is as the stop has set it; nothing where no stop has set anything. */
export function settingsBack({ spec, metadata }: Annotated): Setting[] {
  const now = configurationOf(spec)
  return keptSettings(metadata.annotations[settingsAnnotation])
    .filter(({ key, to }) => String(standing(now, key)) === String(to))
    .map(({ key, from }) => ({ key, to: from }))
}

/** The part of a merge patch that puts them back and takes the annotation away. */
export function patchBack(resource: Annotated): { annotations?: Fields; flinkConfiguration?: Fields } {
  if (!(settingsAnnotation in resource.metadata.annotations)) return {}
  const settings = settingsBack(resource)
  const flinkConfiguration = configurationPatch(configurationOf(resource.spec), settings)
  return {
    annotations: { [settingsAnnotation]: null },
    ...(settings.length > 0 && { flinkConfiguration }),
  }
}

/** For the plan of what puts them back. */
export function changesBack(resource: Annotated): Change[] {
  return settingsBack(resource).map(setting => settingChange(configurationOf(resource.spec), setting))
}

function configurationOf(spec: Fields): Fields {
  return fieldsAt(spec, 'flinkConfiguration')
}

function keptSettings(text: string | undefined): KeptSetting[] {
  if (text === undefined || text.length > longest) return []
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) ? list.flatMap(keptSetting) : []
  } catch {
    return []
  }
}

function keptSetting(each: unknown): KeptSetting[] {
  if (!isFields(each)) return []
  const { key, from, to } = each
  if (typeof key !== 'string' || !ours.has(key) || !isPlain(to)) return []
  return [{ key, from: isPlain(from) ? from : undefined, to }]
}
