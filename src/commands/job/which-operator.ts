import { Failure, failure } from '../../domain/failure.ts'
import { type Fields, fieldsAt, isFields, listAt, textAt } from '../../domain/fields.ts'
import type { JobFacts } from '../../domain/job.ts'
import type { Cluster } from '../../domain/ports.ts'
import type { Resource } from '../../domain/resource.ts'
import { operatorOf } from '../../operators/index.ts'
import type { Build, JobOperator } from '../../operators/job-operator.ts'

/** A job as it was read, and who serves it: what a command works on. */
export interface Subject {
  readonly resource: Resource
  readonly operator: JobOperator
  /** undefined: it cannot be told. */
  readonly build: Build | undefined
}

/** The job in operator-neutral words. */
export function factsOf({ resource, operator, build }: Subject): JobFacts {
  return operator.read(resource, build)
}

/**
 * Which operator serves this job: `--operator`, else the object's own fields, else what was found out for this server
 * before, else the CRD, else the server's OpenAPI document (any authenticated user may read it).
 */
export async function whichOperator(
  cluster: Cluster,
  resource: Resource,
  given: Build | undefined,
): Promise<Subject> {
  const operator = operatorOf(resource)
  const told = mustServe(operator, given) ?? operator.buildOf(resource)
  return { resource, operator, build: told ?? (await findOut(cluster, resource, operator)) }
}

/** `--operator`, said of one job. */
export function mustServe({ builds, kind }: JobOperator, given: Build | undefined): Build | undefined {
  if (given !== undefined && !builds.includes(given))
    throw failure('usage', `--operator: ${given} serves no ${kind.kind}`)
  return given
}

/** `--operator` says nothing of jobs of another kind that are listed beside those it is about. */
export function givenTo({ builds }: JobOperator, given: Build | undefined): Build | undefined {
  return given !== undefined && builds.includes(given) ? given : undefined
}

/** A release of an operator may be followed by the next. */
const rememberedMs = 6 * 60 * 60 * 1_000

async function findOut(
  cluster: Cluster,
  resource: Resource,
  operator: JobOperator,
): Promise<Build | undefined> {
  const key = `${operator.kind.kind.toLowerCase()}-operator`
  const remembered = await cluster.recall(key, rememberedMs)
  if (remembered !== undefined && operator.builds.includes(remembered)) return remembered
  const found =
    (await fromCrd(cluster, resource, operator)) ?? (await fromOpenApi(cluster, resource, operator))
  if (found !== undefined) await cluster.remember(key, found)
  return found
}

async function fromCrd(
  cluster: Cluster,
  { apiVersion }: Resource,
  { kind, buildOfSchema }: JobOperator,
): Promise<Build | undefined> {
  const name = `${kind.words[0]}.${kind.group}`
  const crd = await readIfAllowed(cluster, `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`)
  const version = listAt(crd, 'spec', 'versions').find(
    each => textAt(each, 'name') === apiVersion.split('/')[1],
  )
  return version && buildOfSchema(fieldsAt(version, 'schema', 'openAPIV3Schema'))
}

async function fromOpenApi(
  cluster: Cluster,
  { apiVersion, kind }: Resource,
  { buildOfSchema }: JobOperator,
): Promise<Build | undefined> {
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
  return schema && buildOfSchema(schema)
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
