import type { OpenWorld, WorldWish } from '../../src/domain/world.ts'
import type { Terminal } from '../../src/view/terminal.ts'
import { fakePlaces } from '../support/fake-places.ts'

/** A terminal that remembers what it was told. */
export interface FakeTerminal extends Terminal {
  readonly printed: { stdout: string; stderr: string }
}

export const now = Date.parse('2026-08-24T12:00:00Z')

export function fakeTerminal(
  more: { isTerminal?: Partial<Terminal['isTerminal']>; env?: Record<string, string>; answer?: string } = {},
): FakeTerminal {
  const printed = { stdout: '', stderr: '' }
  return {
    printed,
    out: text => {
      printed.stdout += text
    },
    err: text => {
      printed.stderr += text
    },
    ask: async question => {
      printed.stderr += question
      return more.answer
    },
    isTerminal: { stdin: false, stdout: false, stderr: false, ...more.isTerminal },
    machine: {
      env: more.env ?? {},
      home: '/home/me',
      platform: 'linux',
      arch: 'x64',
      nodeVersion: 'v26.10.0',
    },
    clock: { now: () => now, sleep: async () => {} },
  }
}

/** A world with nothing in it, that says what it was wished for and whether it was closed. */
export function fakeWorld(interrupted = new AbortController().signal) {
  const seen: { wish: WorldWish | undefined; closed: boolean } = { wish: undefined, closed: false }
  const makeWorld = (wish: WorldWish): OpenWorld => {
    seen.wish = wish
    return {
      cluster: () => Promise.reject(new Error('no cluster in this test')),
      kubeconfig: () => Promise.reject(new Error('no kubeconfig in this test')),
      rest: () => Promise.reject(new Error('no REST in this test')),
      manifests: {
        read: () => Promise.reject(new Error('no manifests in this test')),
        keep: () => Promise.reject(new Error('no manifests in this test')),
      },
      archives: {
        check: () => Promise.reject(new Error('no archives in this test')),
        write: () => Promise.reject(new Error('no archives in this test')),
      },
      places: fakePlaces(),
      placesOf: () => Promise.reject(new Error('no savepoints in this test')),
      clock: { now: () => now, sleep: async () => {} },
      person: wish.person,
      interrupted,
      newId: () => '0'.repeat(32),
      spareMemory: async () => {},
      close: async () => {
        seen.closed = true
      },
    }
  }
  return { seen, makeWorld }
}
