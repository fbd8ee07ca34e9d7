import type { Kind, PrinterColumn } from './kind.ts'
import { isJson, type Json, type KubeObject, timestamp, valueAt } from './object.ts'
import type { Cause } from './status.ts'

/** The kinds that a CustomResourceDefinition (apiextensions.k8s.io/v1) serves, one for each served version. */
export function kindsOf(definition: KubeObject): Kind[] {
  const { group, scope, names, versions } = specOf(definition)
  return versions
    .filter(version => version['served'] !== false)
    .map(version => {
      const schema = valueAt(version, ['schema', 'openAPIV3Schema'])
      const columns = version['additionalPrinterColumns']
      return {
        group,
        version: text(version['name']),
        kind: text(names['kind']),
        listKind: text(names['listKind']) || `${text(names['kind'])}List`,
        plural: text(names['plural']),
        singular: text(names['singular']) || text(names['kind']).toLowerCase(),
        shortNames: texts(names['shortNames']),
        categories: texts(names['categories']),
        namespaced: scope !== 'Cluster',
        statusSubresource: isJson(valueAt(version, ['subresources', 'status'])),
        subresources: [],
        virtual: false,
        custom: true,
        ...(isJson(schema) && { schema }),
        ...(Array.isArray(columns) && { columns: columns as PrinterColumn[] }),
        ...(version['deprecated'] === true && { deprecationWarning: deprecation(version, group, names) }),
      }
    })
}

function deprecation(version: Json, group: string, names: Json): string {
  const own = text(version['deprecationWarning'])
  return own || `${group}/${text(version['name'])} ${text(names['kind'])} is deprecated`
}

/** What kube-apiserver has against a definition (the part people meet). */
export function definitionProblems(definition: KubeObject): Cause[] {
  const { group, names, versions } = specOf(definition)
  const problems: Cause[] = []
  const expected = `${text(names['plural'])}.${group}`
  if (definition.metadata.name !== expected) {
    const message = `Invalid value: ${JSON.stringify(definition.metadata.name)}: must be spec.names.plural+"."+spec.group`
    problems.push({ reason: 'FieldValueInvalid', message, field: 'metadata.name' })
  }
  versions.forEach((version, at) => {
    if (isJson(valueAt(version, ['schema', 'openAPIV3Schema']))) return
    const field = `spec.versions[${at}].schema.openAPIV3Schema`
    problems.push({ reason: 'FieldValueRequired', message: 'Required value', field })
  })
  if (isProtected(group) && !definition.metadata.annotations?.['api-approved.kubernetes.io']) {
    problems.push({
      reason: 'FieldValueRequired',
      message:
        'Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
      field: 'metadata.annotations[api-approved.kubernetes.io]',
    })
  }
  return problems
}

const isProtected = (group: string) => /(^|\.)(k8s|kubernetes)\.io$/.test(group)

/** The status that the establishing controllers would write, at once. */
export function established(definition: KubeObject): KubeObject {
  const { names, versions } = specOf(definition)
  const lastTransitionTime = timestamp()
  const condition = (type: string, reason: string, message: string) => ({
    type,
    status: 'True',
    lastTransitionTime,
    reason,
    message,
  })
  return {
    ...definition,
    status: {
      acceptedNames: names,
      conditions: [
        condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
        condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
      ],
      storedVersions: versions.filter(version => version['storage'] === true).map(({ name }) => name),
    },
  }
}

function specOf(definition: KubeObject) {
  const spec = definition.spec ?? {}
  const { versions } = spec
  return {
    group: text(spec['group']),
    scope: text(spec['scope']),
    names: isJson(spec['names']) ? spec['names'] : {},
    versions: Array.isArray(versions) ? versions.filter(isJson) : [],
  }
}

const text = (value: unknown) => (typeof value === 'string' ? value : '')
const texts = (value: unknown) => (Array.isArray(value) ? value.map(String) : [])
