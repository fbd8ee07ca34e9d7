import { type Fields, isFields, listAt, textAt } from '../../domain/fields.ts'
import type { Cluster, World } from '../../domain/ports.ts'
import type { VersionInfo } from '../../domain/printable.ts'
import type { Subject } from '../job/which-operator.ts'
import { type Gathered, type Part, sought } from './gathered.ts'

/** Whose versions matter: ours, the API server's, the operator's, Flink's. `parts`: what was found before. */
export async function gatherVersions(
  world: World,
  cluster: Cluster,
  { resource, operator, build }: Subject,
  ours: VersionInfo['clientVersion'],
  parts: readonly Part[],
): Promise<Gathered> {
  const what = "the API server's version"
  const kubernetes = await sought(world, what, () => cluster.read('/version'))
  const versions = {
    plugin: ours,
    ...('found' in kubernetes && { kubernetes: kubernetes.found }),
    job: { apiVersion: resource.apiVersion, kind: resource.kind },
    operator: {
      serves: operator.kind.kind,
      build: build ?? 'it cannot be told',
      images: imagesIn(jsonAt(parts, 'operator/pods.json')),
    },
    flink: {
      ...(isFields(resource.spec['flinkVersion']) ? {} : { spec: resource.spec['flinkVersion'] }),
      rest: textAt(jsonAt(parts, 'flink/config.json'), 'flink-version'),
      images: imagesIn(jsonAt(parts, 'objects/pods.json')),
    },
  }
  const part = { path: 'versions.json', what: 'versions', content: { json: versions } }
  return { parts: [part], missing: 'missing' in kubernetes ? [kubernetes.missing] : [] }
}

function jsonAt(parts: readonly Part[], path: string): Fields {
  const content = parts.find(part => part.path === path)?.content
  return content && 'json' in content && isFields(content.json) ? content.json : {}
}

function imagesIn(pods: Fields): string[] {
  const images = listAt(pods, 'items').flatMap(pod =>
    listAt(pod, 'spec', 'containers').flatMap(container => textAt(container, 'image') ?? []),
  )
  return [...new Set(images)]
}
