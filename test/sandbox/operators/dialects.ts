import { type ApacheDialectName, apacheFeatures } from './apache/features.ts'
import type { ClusterDialectName, Dialect, DialectName } from './dialect.ts'
import { gcp9 } from './gcp/dialect.ts'
import { gcp2, gcpV1alpha1 } from './gcp-blocking/dialect.ts'
import { spotify } from './spotify/dialect.ts'

/** The operators of FlinkCluster that are simulated. */
export const dialects: Readonly<Record<ClusterDialectName, Dialect>> = {
  'gcp-v1alpha1': gcpV1alpha1,
  'gcp-2': gcp2,
  'gcp-9': gcp9,
  spotify,
}

/** Is it the operator of apache/flink-kubernetes-operator? */
export function isApache(dialect: DialectName): dialect is ApacheDialectName {
  return dialect in apacheFeatures
}
