import { type Fields, fieldsAt, listAt, textAt } from '../../../domain/fields.ts'
import { fileSystemPlugins, hadoopSchemes, knownSchemes } from '../../../domain/file-systems.ts'
import type { Resource } from '../../../domain/resource.ts'

/** What nobody can reach from the job's pods, as far as the object tells it, a sentence with the remedy; undefined: nothing is known to be wrong. */
export function directoryProblem(resource: Resource, directory: string): string | undefined {
  const scheme = schemeOf(directory, fieldsAt(resource.spec, 'flinkProperties'))
  if (scheme === 'file') return unmounted(resource, directory)
  if (!knownSchemes.includes(scheme))
    return `${directory}: the scheme ${scheme} belongs to no file system of Flink's; an image with a plugin of its own may serve it`
  const { image, plain } = imageOf(resource)
  if (!plain || isFurnished(resource) || fallsBack(resource, scheme)) return undefined
  const wanted = fileSystemPlugins.get(scheme)
  if (!wanted)
    return `${directory}: the image ${image} has no Hadoop for ${scheme}://; use one that has, or set HADOOP_CLASSPATH`
  const enabled = pluginsOf(resource)
  if (enabled === undefined || wanted.some(name => enabled.includes(name))) return undefined
  return `${directory}: the image ${image} does not serve ${scheme}:// by itself; enable the plugin in spec.envVars: ENABLE_BUILT_IN_PLUGINS=${wanted[0]}-${flinkVersion(resource)}.jar`
}

/** No scheme means `fs.default-scheme`, else the local file system. */
function schemeOf(directory: string, properties: Fields): string {
  const scheme = (text: string) => /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1]?.toLowerCase()
  const fallback = textAt(properties, 'fs.default-scheme') ?? textAt(properties, 'fs.defaultScheme') ?? ''
  return scheme(directory) ?? scheme(fallback) ?? 'file'
}

/** A path in the pods is gone with them, and each pod has its own, unless one volume is mounted there in all of them. */
function unmounted({ spec }: Resource, directory: string): string | undefined {
  const path = directory.replace(/^file:(\/\/(localhost)?)?(?=\/)/i, '')
  const mounted = (component: string) =>
    listAt(spec, component, 'volumeMounts')
      .map(mount => textAt(mount, 'mountPath')?.replace(/\/+$/, ''))
      .some(mount => mount !== undefined && (path === mount || path.startsWith(`${mount}/`)))
  if (mounted('jobManager') && mounted('taskManager')) return undefined
  return `${directory} is a path inside the pods: mount a shared volume there (spec.jobManager and spec.taskManager volumeMounts), or savepoints are lost with the pods`
}

/** Flink's official images enable no plugin by themselves; of others nothing is known. */
function imageOf({ spec }: Resource): { image: string; plain: boolean } {
  const image = textAt(spec, 'image', 'name') ?? ''
  const plain =
    /^((docker\.io|registry-1\.docker\.io|index\.docker\.io)\/)?((library|apache)\/)?flink(:|@|$)/.test(image)
  return { image, plain }
}

/** Something may have put jars in beside the image. */
function isFurnished({ spec }: Resource): boolean {
  const components = ['jobManager', 'taskManager']
  return components.some(
    component =>
      listAt(spec, component, 'initContainers').length > 0 ||
      listAt(spec, component, 'volumeMounts').some(mount =>
        /^\/opt\/flink\/(plugins|lib)(\/|$)/.test(textAt(mount, 'mountPath') ?? ''),
      ),
  )
}

/** Somebody has thought of Hadoop: configured it, or let it serve the scheme. */
function fallsBack({ spec }: Resource, scheme: string): boolean {
  const allowed = textAt(fieldsAt(spec, 'flinkProperties'), 'fs.allowed-fallback-filesystems') ?? ''
  const configured = hadoopSchemes.includes(scheme) && 'hadoopConfig' in spec
  return configured || allowed.split(/[;,]/).some(each => each.trim() === scheme)
}

/** What ENABLE_BUILT_IN_PLUGINS says; undefined: it comes from elsewhere. */
function pluginsOf({ spec }: Resource): string | undefined {
  if (listAt(spec, 'envFrom').length > 0) return undefined
  const variable = listAt(spec, 'envVars').find(each => {
    const name = textAt(each, 'name')
    return name === 'ENABLE_BUILT_IN_PLUGINS' || name === 'HADOOP_CLASSPATH'
  })
  if (!variable) return ''
  return textAt(variable, 'name') === 'HADOOP_CLASSPATH' ? undefined : textAt(variable, 'value')
}

function flinkVersion({ spec }: Resource): string {
  const tag = /:v?(\d+\.\d+\.\d+)/.exec(textAt(spec, 'image', 'name') ?? '')?.[1]
  return tag ?? textAt(spec, 'flinkVersion')?.match(/^\d+\.\d+\.\d+$/)?.[0] ?? 'VERSION'
}
