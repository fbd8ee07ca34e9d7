import { Failure } from '../domain/failure.ts'
import { type Fields, fieldsAt, isFields, listAt, textAt } from '../domain/fields.ts'
import type { Cluster } from '../domain/ports.ts'
import type { Resource } from '../domain/resource.ts'
import { operatorOfObject, operatorOfSchema } from '../operators/flink-cluster/detect.ts'
import { isOperatorName, type OperatorName } from '../operators/flink-cluster/operator.ts'

const crdPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/flinkclusters.flinkoperator.k8s.io'
const cacheKey = 'flinkcluster-operator'

/**
 * Which operator serves this FlinkCluster: `--operator`, else the object's own fields, else what was found out for
 * this server before, else the CRD, else the server's OpenAPI document (any authenticated user may read it).
 */
export async function whichOperator(
  cluster: Cluster,
  resource: Resource,
  given: OperatorName | undefined,
): Promise<OperatorName | undefined> {
  const told = given ?? operatorOfObject(resource)
  if (told) return told
  const remembered = await cluster.recall(cacheKey)
  if (remembered !== undefined && isOperatorName(remembered)) return remembered
  const found = (await fromCrd(cluster, resource)) ?? (await fromOpenApi(cluster, resource))
  if (found) await cluster.remember(cacheKey, found)
  return found
}

async function fromCrd(cluster: Cluster, { apiVersion }: Resource): Promise<OperatorName | undefined> {
  const crd = await readIfAllowed(cluster, crdPath)
  const version = listAt(crd, 'spec', 'versions').find(
    each => textAt(each, 'name') === apiVersion.split('/')[1],
  )
  return version && operatorOfSchema(fieldsAt(version, 'schema', 'openAPIV3Schema'))
}

async function fromOpenApi(
  cluster: Cluster,
  { apiVersion, kind }: Resource,
): Promise<OperatorName | undefined> {
  const document = await readIfAllowed(cluster, `/openapi/v3/apis/${apiVersion}`)
  const [group, version] = apiVersion.split('/')
  const schema = Object.values(fieldsAt(document, 'components', 'schemas')).find(
    (each): each is Fields =>
      isFields(each) &&
      listAt(each, 'x-kubernetes-group-version-kind').some(
        of =>
          textAt(of, 'group') === group && textAt(of, 'version') === version && textAt(of, 'kind') === kind,
      ),
  )
  return schema && operatorOfSchema(schema)
}

/** What one may not read, or what is not served, leaves the question open. */
async function readIfAllowed(cluster: Cluster, path: string): Promise<Fields> {
  try {
    return await cluster.read(path)
  } catch (error) {
    if (error instanceof Failure) return {}
    throw error
  }
}
