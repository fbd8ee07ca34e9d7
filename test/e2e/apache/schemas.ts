import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { load } from 'js-yaml'
import { type Fields, fieldsAt, isFields } from '../../../src/domain/fields.ts'
import { eventually } from '../conditions.ts'
import type { ControlPlane } from '../control-plane/start.ts'
import type { KubeApi, KubeObject } from '../kube-api.ts'
import { installDefinition } from '../server.ts'

const folder = fileURLToPath(new URL('../../../../shared/crds/', import.meta.url))

/** Why the releases' own definitions cannot be looked at here; undefined where they can. */
export const noSchemas = existsSync(folder) ? undefined : '../shared/crds is not here'

/** Those of release 1.7.0 that are kept there, and 1.15.0's. */
const files = {
  '1.7.0': ['FlinkDeployment'],
  '1.15.0': ['FlinkDeployment', 'FlinkSessionJob', 'FlinkStateSnapshot'],
}

/**
 * Everything that users have written of the Apache operator's kinds is sent again, as a rehearsal and with strict field validation,
 * to the kinds as the release defines them: a field that it does not know, or of another type, is an error then. Gives how many
 * writes there were.
 */
export async function writesAccepted(
  { api, requests }: Pick<ControlPlane, 'api' | 'requests'>,
  release: keyof typeof files,
  users: readonly string[],
): Promise<number> {
  const kinds = await Promise.all(files[release].map(kind => install(api, release, kind)))
  const written = (await Promise.all(users.map(requests))).flat()
  const writes = written.filter(({ code, body }) => code < 300 && body !== undefined)
  for (const { uri, body } of writes) {
    const kind = kinds.find(({ plural }) => uri.includes(`/${plural}`))
    if (kind === undefined) continue
    const answer = await rehearse(api, kind, merged(body))
    assert.equal(answer.code, 201, `${uri} ${JSON.stringify(body)}: ${answer.body?.message}`)
  }
  return writes.length
}

interface Kind {
  readonly kind: string
  readonly plural: string
}

async function install(api: KubeApi, release: string, name: string): Promise<Kind> {
  const text = await readFile(`${folder}apache-v1beta1_release-${release}-${name}.yaml`, 'utf8')
  const definition = load(text) as KubeObject
  await installDefinition(api, definition)
  const kind: Kind = definition['spec'].names
  // The new schema is in force a moment later; and this shows that the rehearsal can fail.
  await eventually(`${name} of ${release} refuses what it does not know`, async () => {
    const { code } = await rehearse(api, kind, { spec: { noSuchField: 1 } })
    return code === 400 ? true : undefined
  })
  return kind
}

function rehearse(api: KubeApi, { kind, plural }: Kind, { metadata, spec }: Fields) {
  const path = `/apis/flink.apache.org/v1beta1/namespaces/default/${plural}`
  const labels = fieldsAt({ metadata }, 'metadata', 'labels')
  const annotations = fieldsAt({ metadata }, 'metadata', 'annotations')
  return api.send('POST', `${path}?dryRun=All&fieldValidation=Strict`, {
    apiVersion: 'flink.apache.org/v1beta1',
    kind,
    metadata: { name: 'rehearsed', labels, annotations },
    spec,
  })
}

/** An object with no more in it than what was written: what a patch takes away is not there, and a schema has nothing to say of it. */
function merged(body: unknown): Fields {
  assert.ok(isFields(body), `not a merge patch: ${JSON.stringify(body)}`)
  const kept = Object.entries(body).filter(([, value]) => value !== null)
  return Object.fromEntries(kept.map(([key, value]) => [key, isFields(value) ? merged(value) : value]))
}
