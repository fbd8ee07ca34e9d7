import { type Fields, isFields } from '../../src/domain/fields.ts'

export const controlAnnotation = 'flinkclusters.flinkoperator.k8s.io/user-control'

/** The value at a path of an object: `spec.job.savepointGeneration`. */
export function valueAt(object: Fields, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, field) => (isFields(value) ? value[field] : undefined), object)
}

export const specGeneration = (object: Fields) => valueAt(object, 'spec.job.savepointGeneration')
export const statusGeneration = (object: Fields) =>
  valueAt(object, 'status.components.job.savepointGeneration')
export const savepointState = (object: Fields) => valueAt(object, 'status.savepoint.state')
export const jobState = (object: Fields) => valueAt(object, 'status.components.job.state')

export function annotationOf(object: Fields): unknown {
  const annotations = valueAt(object, 'metadata.annotations')
  return isFields(annotations) ? annotations[controlAnnotation] : undefined
}
