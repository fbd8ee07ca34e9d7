import { type KubeObject, valueAt } from './object.ts'
import { badRequest } from './status.ts'

export type Matches = (object: KubeObject) => boolean

/** `a=b,c!=d,e in (f,g),h notin (i),j,!k` */
export function labelSelector(text: string | null): Matches {
  if (!text) return () => true
  const requirements = splitOutsideParentheses(text).map(labelRequirement)
  return object => requirements.every(holds => holds(object.metadata.labels ?? {}))
}

function splitOutsideParentheses(text: string): string[] {
  return text
    .split(/,(?![^()]*\))/)
    .map(part => part.trim())
    .filter(part => part !== '')
}

type LabelTest = (labels: Record<string, string>) => boolean

function labelRequirement(text: string): LabelTest {
  const set = /^([\w./-]+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(text)
  if (set) {
    const [, key = '', operator, list = ''] = set
    const values = list.split(',').map(value => value.trim())
    return labels => {
      const value = labels[key]
      return (value !== undefined && values.includes(value)) === (operator === 'in')
    }
  }
  const equality = /^([\w./-]+)\s*(!=|==|=)\s*([\w.-]*)$/.exec(text)
  if (equality) {
    const [, key = '', operator, value] = equality
    return labels => (labels[key] === value) === (operator !== '!=')
  }
  const presence = /^(!?)\s*([\w./-]+)$/.exec(text)
  if (!presence) throw badRequest(`unable to parse requirement: ${text}`)
  const [, not, key = ''] = presence
  return labels => Object.hasOwn(labels, key) === (not === '')
}

/** Fields that kube-apiserver indexes; a custom resource has only name and namespace. */
const extraFields: Record<string, RegExp> = {
  Event: /^(involvedObject\.\w+|reason|type|source|reportingComponent)$/,
  Pod: /^(spec\.nodeName|status\.phase|spec\.restartPolicy|status\.podIP)$/,
  Secret: /^type$/,
  Namespace: /^status\.phase$/,
  Job: /^status\.successful$/,
}

interface FieldTerm {
  field: string
  equal: boolean
  value: string
}

function fieldTerms(text: string | null): FieldTerm[] {
  return (text ?? '')
    .split(',')
    .filter(part => part !== '')
    .map(part => {
      const match = /^([^=!]+)(!=|==|=)(.*)$/.exec(part)
      if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`)
      const [, field = '', operator, value = ''] = match
      return { field, equal: operator !== '!=', value }
    })
}

export function fieldSelector(text: string | null, kind: string, custom = true): Matches {
  const terms = fieldTerms(text)
  for (const { field } of terms) {
    const known =
      field === 'metadata.name' || field === 'metadata.namespace' || extraFields[kind]?.test(field)
    if (known) continue
    const elsewhere = `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
    throw badRequest(custom ? `field label not supported: ${field}` : elsewhere)
  }
  return object => terms.every(({ field, equal, value }) => (fieldValue(object, field) === value) === equal)
}

function fieldValue(object: KubeObject, field: string): string {
  if (field === 'source') return String(valueAt(object, ['source', 'component']) ?? '')
  return String(valueAt(object, field.split('.')) ?? '')
}

/** The name that `metadata.name=X` asks for: authorization of a list or watch looks at it. */
export function selectedName(text: string | null): string {
  return fieldTerms(text).find(({ field, equal }) => field === 'metadata.name' && equal)?.value ?? ''
}

/** A metav1.LabelSelector, as webhook configurations carry it. */
export function matchesLabelSelector(
  selector:
    | {
        matchLabels?: Record<string, string>
        matchExpressions?: { key: string; operator: string; values?: string[] }[]
      }
    | undefined,
  labels: Record<string, string>,
): boolean {
  const wanted = Object.entries(selector?.matchLabels ?? {})
  if (!wanted.every(([key, value]) => labels[key] === value)) return false
  return (selector?.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labels[key]
    if (operator === 'Exists') return value !== undefined
    if (operator === 'DoesNotExist') return value === undefined
    return (value !== undefined && values.includes(value)) === (operator === 'In')
  })
}
