import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { type Fields, fieldsAt, listAt } from '../../src/domain/fields.ts'
import type { ClusterDialectName, DialectName } from './operators/dialect.ts'
import { dialects, isApache } from './operators/dialects.ts'

const files: Readonly<Record<ClusterDialectName, string>> = {
  'gcp-v1alpha1': 'flinkcluster-gcp-2.yaml',
  'gcp-2': 'flinkcluster-gcp-2.yaml',
  'gcp-9': 'flinkcluster-gcp.yaml',
  spotify: 'flinkcluster-spotify.yaml',
}

/** The CustomResourceDefinition of FlinkCluster that comes with an operator. */
export function kindOf(dialect: ClusterDialectName): Fields {
  const definition = read(files[dialect]) as { spec: { versions: { name: string }[] } }
  for (const version of definition.spec.versions) version.name = dialects[dialect].version
  return { ...definition }
}

/** Every CustomResourceDefinition that comes with an operator. */
export function kindsOf(dialect: DialectName): readonly Fields[] {
  if (!isApache(dialect)) return [kindOf(dialect)]
  const jobs = ['flinkdeployment.yaml', 'flinksessionjob.yaml'].map(read)
  return dialect === 'apache-1.7' ? jobs.map(asOf17) : [...jobs, read('flinkstatesnapshot.yaml')]
}

/** What came after 1.7; a field that a definition does not have is pruned. */
const since17 = [
  ['spec', 'job', 'savepointRedeployNonce'],
  ['spec', 'job', 'autoscalerResetNonce'],
  ['status', 'jobStatus', 'upgradeSavepointPath'],
  ['status', 'observedGeneration'],
  ['status', 'conditions'],
]

function asOf17(definition: Fields): Fields {
  const [version] = listAt(definition, 'spec', 'versions')
  for (const path of since17) {
    const [field = '', ...parents] = path.toReversed()
    const above = parents.toReversed().flatMap(parent => ['properties', parent])
    const properties = fieldsAt(version ?? {}, 'schema', 'openAPIV3Schema', ...above, 'properties')
    delete (properties as Record<string, unknown>)[field]
  }
  return definition
}

function read(file: string): Fields {
  return load(readFileSync(new URL(`crds/${file}`, import.meta.url), 'utf8')) as Fields
}
