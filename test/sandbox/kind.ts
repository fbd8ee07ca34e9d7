import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import type { Fields } from '../../src/domain/fields.ts'
import type { DialectName } from './operators/dialect.ts'
import { dialects } from './operators/dialects.ts'

const files: Readonly<Record<DialectName, string>> = {
  'gcp-v1alpha1': 'flinkcluster-gcp-2.yaml',
  'gcp-2': 'flinkcluster-gcp-2.yaml',
  'gcp-9': 'flinkcluster-gcp.yaml',
  spotify: 'flinkcluster-spotify.yaml',
}

/** The CustomResourceDefinition of FlinkCluster that comes with an operator. */
export function kindOf(dialect: DialectName): Fields {
  const text = readFileSync(new URL(`crds/${files[dialect]}`, import.meta.url), 'utf8')
  const definition = load(text) as { spec: { versions: { name: string }[] } }
  for (const version of definition.spec.versions) version.name = dialects[dialect].version
  return { ...definition }
}
