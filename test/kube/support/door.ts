import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConnectionOptions, Machine } from '../../../src/domain/connection.ts'
import { Failure } from '../../../src/domain/failure.ts'
import type { Clock } from '../../../src/domain/ports.ts'
import { type Caller, connect, type KubeDoor } from '../../../src/kube/connect.ts'

/** A folder of the test's own: home, kubeconfig and cache. */
export interface Home {
  readonly path: string
  /** Writes a file below it and gives its path. */
  file(name: string, content: string | object, mode?: number): string
  /** A kubeconfig with one context, made the current one. */
  kubeconfig(cluster: object, user?: object, context?: object): string
  machine(env?: Record<string, string>): Machine
  remove(): void
}

export function home(): Home {
  const path = mkdtempSync(join(tmpdir(), 'flinksp-kube-'))
  const self: Home = {
    path,
    file(name, content, mode = 0o600) {
      const at = join(path, name)
      writeFileSync(at, typeof content === 'string' ? content : JSON.stringify(content), { mode })
      return at
    },
    kubeconfig(cluster, user = {}, context = {}) {
      return self.file('config', {
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'c', cluster }],
        users: [{ name: 'u', user }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', ...context } }],
        'current-context': 'x',
      })
    },
    machine: (env = {}) => ({ env, home: path, platform: 'linux', arch: 'x64', nodeVersion: 'v26' }),
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
  return self
}

/** Time runs so many times faster for what waits. */
const speed = 20

/** A clock that can be moved on. */
export interface TestClock extends Clock {
  pass(ms: number): void
}

export function quickClock(): TestClock {
  let passed = 0
  return {
    now: () => Date.now() + passed,
    pass(ms) {
      passed += ms
    },
    sleep: (ms, signal) =>
      new Promise(resolve => {
        if (signal?.aborted) return resolve()
        const timer = setTimeout(resolve, ms / speed)
        signal?.addEventListener(
          'abort',
          () => {
            clearTimeout(timer)
            resolve()
          },
          { once: true },
        )
      }),
  }
}

export interface Opened extends KubeDoor {
  readonly warnings: string[]
  readonly clock: TestClock
  readonly interrupt: AbortController
}

/** The door through a kubeconfig of this home. */
export async function open(
  from: Home,
  connection: ConnectionOptions = {},
  env: Record<string, string> = {},
  caller: Partial<Caller> = {},
): Promise<Opened> {
  const warnings: string[] = []
  const clock = quickClock()
  const interrupt = new AbortController()
  const door = await connect(
    { kubeconfig: join(from.path, 'config'), cacheDir: join(from.path, 'cache'), ...connection },
    from.machine(env),
    clock,
    interrupt.signal,
    text => warnings.push(text),
    { version: '1.2.3', command: 'kubectl flinksp test', ...caller },
  )
  return { ...door, warnings, clock, interrupt }
}

/** The message that an attempt fails with. */
export async function messageOf(attempt: () => Promise<unknown>): Promise<string> {
  try {
    await attempt()
  } catch (error) {
    if (error instanceof Failure) return error.message
    throw error
  }
  return 'no failure'
}
