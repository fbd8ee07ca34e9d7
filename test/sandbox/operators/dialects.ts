import type { Dialect, DialectName } from './dialect.ts'
import { gcp9 } from './gcp/dialect.ts'
import { gcp2, gcpV1alpha1 } from './gcp-blocking/dialect.ts'
import { spotify } from './spotify/dialect.ts'

/** The operators that are simulated. */
export const dialects: Readonly<Record<DialectName, Dialect>> = {
  'gcp-v1alpha1': gcpV1alpha1,
  'gcp-2': gcp2,
  'gcp-9': gcp9,
  spotify,
}
