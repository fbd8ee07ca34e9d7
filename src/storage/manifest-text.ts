import {
  boolYaml11Tag,
  constructFromEvents,
  dump,
  EVENT_ID,
  FAILSAFE_SCHEMA,
  floatCoreTag,
  intCoreTag,
  intYaml11Tag,
  NOT_RESOLVED,
  nullCoreTag,
  parseEvents,
  Schema,
  YAMLException,
} from 'js-yaml'
import { type Failure, failure } from '../domain/failure.ts'
import { type Fields, isFields, textAt } from '../domain/fields.ts'

/** `0644` is 420, as kubectl reads it (sigs.k8s.io/yaml: YAML 1.1, without its sexagesimal `1:30`); `0o644` too. */
const intTag = {
  ...intYaml11Tag,
  resolve(source: string, isExplicit: boolean, tagName: string) {
    const old = source.includes(':') ? NOT_RESOLVED : intYaml11Tag.resolve(source, isExplicit, tagName)
    return old === NOT_RESOLVED ? intCoreTag.resolve(source, isExplicit, tagName) : old
  },
}

/** js-yaml's own bound. */
const deepest = 100

/** Plain values alone, spelled as kubectl understands them: `yes` and `on` are true. */
const schema = new Schema([...FAILSAFE_SCHEMA.tags, nullCoreTag, boolYaml11Tag, intTag, floatCoreTag])

/** The one object of a manifest. `shown` names it in the Failure. */
export function manifestIn(bytes: Buffer, shown: string): Fields {
  const documents = parsed(textOf(bytes, shown), shown).filter(each => each !== null && each !== undefined)
  const [object] = documents
  if (documents.length !== 1)
    throw unusable(shown, `it holds ${documents.length === 0 ? 'nothing' : `${documents.length} objects`}`)
  if (!isFields(object)) throw unusable(shown, 'it is no object')
  const kind = textAt(object, 'kind')
  if (!kind || !textAt(object, 'apiVersion')) throw unusable(shown, 'it has no apiVersion or no kind')
  if (kind.endsWith('List') && Array.isArray(object['items'])) throw unusable(shown, `it is a ${kind}`)
  mustBePlain(object, shown)
  return object
}

/** The object as YAML that every reader of YAML 1.1 and 1.2 reads alike. */
export function manifestText(object: Fields): string {
  return dump(object, { indent: 2, lineWidth: -1, noRefs: true })
}

function textOf(bytes: Buffer, shown: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw unusable(shown, 'it is not UTF-8')
  }
}

function parsed(source: string, shown: string): unknown[] {
  const json = source.trimStart().startsWith('{') ? jsonIn(source) : undefined
  if (json !== undefined) return [json]
  try {
    const events = parseEvents(source, {})
    if (events.some(event => event.type === EVENT_ID.ALIAS))
      throw unusable(shown, 'it has a YAML alias: write the value out')
    if (events.some(event => 'tagStart' in event && event.tagStart >= 0))
      throw unusable(shown, 'it has a YAML tag: write the value without it')
    return constructFromEvents(events, { source, schema })
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    const { line, column } = error.mark ?? {}
    const where = line === undefined ? '' : ` (line ${line + 1}, column ${(column ?? 0) + 1})`
    throw unusable(shown, `${error.reason}${where}`)
  }
}

function jsonIn(source: string): unknown {
  try {
    return JSON.parse(source)
  } catch {
    // It may still be YAML, which says better what is wrong.
    return undefined
  }
}

/** What JSON could not carry as it stands would reach the server as something else. */
function mustBePlain(value: unknown, shown: string, depth = 0): void {
  if (depth > deepest) throw unusable(shown, `it is nested more than ${deepest} deep`)
  if (typeof value === 'number' && !isExact(value))
    throw unusable(shown, `it has a number that JSON cannot carry: ${value}`)
  if (typeof value !== 'object' || value === null) return
  for (const each of Object.values(value)) mustBePlain(each, shown, depth + 1)
}

function isExact(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
}

function unusable(shown: string, reason: string): Failure {
  return failure('not-asked', `cannot use ${shown}: ${reason}`, 'give one Kubernetes object in YAML or JSON')
}
