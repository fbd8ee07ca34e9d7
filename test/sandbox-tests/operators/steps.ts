import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Fields, fieldsAt, listAt, textAt } from '../../../src/domain/fields.ts'
import { ApiError } from '../../sandbox/kubernetes/api.ts'
import { controlAnnotation } from '../../sandbox/operators/cluster.ts'
import { isRunning, type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts'

/** A sandbox for one test, and its savepoints thrown away after it. */
export async function withSandbox(
  options: Omit<SandboxOptions, 'directory'>,
  test: (sandbox: Sandbox, directory: string) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'operators-'))
  const sandbox = await startSandbox({ loopMs: 50, ...options, directory })
  try {
    await test(sandbox, directory)
  } finally {
    await sandbox.close()
    rmSync(directory, { recursive: true })
  }
}

export function jobOf(object: Fields): Fields {
  return fieldsAt(object, 'status', 'components', 'job')
}

export function savepointOf(object: Fields): Fields {
  return fieldsAt(object, 'status', 'savepoint')
}

export function controlOf(object: Fields): Fields {
  return fieldsAt(object, 'status', 'control')
}

export function annotated(object: Fields): boolean {
  return textAt(object, 'metadata', 'annotations', controlAnnotation) !== undefined
}

/** Merges into a FlinkCluster, or into a subresource of it. */
export function patch(sandbox: Sandbox, cluster: string, body: Fields, subresource = ''): Promise<Fields> {
  return sandbox.api.patch(`${sandbox.path(cluster)}${subresource && `/${subresource}`}`, body)
}

export function annotate(sandbox: Sandbox, cluster: string, control = 'savepoint'): Promise<Fields> {
  return patch(sandbox, cluster, { metadata: { annotations: { [controlAnnotation]: control } } })
}

/** What kubectl would print of a refusal; '' where there is none. */
export async function refusal(request: Promise<unknown>): Promise<string> {
  try {
    await request
    return ''
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return `Error from server (${error.reason}): ${error.message}`
  }
}

/** Takes a savepoint by annotation and waits until it is Succeeded and the annotation gone. */
export async function takeByAnnotation(sandbox: Sandbox, cluster: string): Promise<Fields> {
  const before = savepointOf(await sandbox.cluster(cluster))['triggerID']
  await annotate(sandbox, cluster)
  return sandbox.seen(cluster, object => {
    const { state, triggerID } = savepointOf(object)
    return !annotated(object) && state === 'Succeeded' && triggerID !== before
  })
}

/** Restores and waits until another job runs. */
export async function restoreTo(sandbox: Sandbox, cluster: string, fromSavepoint: unknown): Promise<Fields> {
  const { id } = jobOf(await sandbox.cluster(cluster))
  await patch(sandbox, cluster, { spec: { job: { fromSavepoint } } })
  return sandbox.seen(cluster, object => isRunning(object) && jobOf(object)['id'] !== id)
}

/** Waits until the operator has looked at the object so many times more. */
export async function passes(sandbox: Sandbox, cluster: string, times: number): Promise<void> {
  const path = sandbox.path(cluster)
  const looks = () =>
    sandbox.server
      .requests()
      .filter(
        ({ user, method, path: asked }) => user === 'flink-operator' && method === 'GET' && asked === path,
      ).length
  const before = looks()
  const limit = Date.now() + 10_000
  while (looks() < before + times && Date.now() < limit) await sleep(10)
  assert.ok(looks() >= before + times, 'the operator looks no more')
}

/** The objects of one kind in the namespace: `/api/v1`, `events`. */
export async function listed(sandbox: Sandbox, group: string, plural: string): Promise<Fields[]> {
  return listAt(await sandbox.api.get(`${group}/namespaces/default/${plural}`), 'items')
}

/** Every value that `read` gives over the life of an object until `end`, without repetitions. */
export async function story<T>(
  sandbox: Sandbox,
  cluster: string,
  read: (object: Fields) => T,
  end: (object: Fields) => boolean,
): Promise<T[]> {
  const values: T[] = []
  await sandbox.seen(cluster, object => {
    const value = read(object)
    if (JSON.stringify(value) !== JSON.stringify(values.at(-1))) values.push(value)
    return end(object)
  })
  return values
}
