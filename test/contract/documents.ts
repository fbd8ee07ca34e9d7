import { type Fields, isFields } from '../../src/domain/fields.ts'

const measured = ['durationMillis', 'sizeBytes', 'checkpointId']

/** A JSON document of a screen, with words where numbers differ from run to run. */
export function documentOf(stdout: string): Fields {
  const document: unknown = JSON.parse(stdout, (key, value) => (measured.includes(key) ? 'NUMBER' : value))
  return isFields(document) ? document : {}
}

/** Some fields of each item of a SavepointList. */
export function itemsOf(stdout: string, ...fields: readonly string[]): Fields[] {
  const { items } = documentOf(stdout) as { items: Fields[] }
  return items.map(item =>
    Object.fromEntries(fields.filter(field => field in item).map(field => [field, item[field]])),
  )
}

export const ordersRef = {
  apiVersion: 'flinkoperator.k8s.io/v1beta1',
  kind: 'FlinkCluster',
  namespace: 'NAMESPACE',
  name: 'orders',
  uid: 'UID',
}
