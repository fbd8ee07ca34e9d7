import { dump } from 'js-yaml'
import type { Token } from './users.ts'

/** A kubeconfig with one context a user, named after them; `current` is used. */
export function kubeconfigOf(
  url: string,
  caPem: string | undefined,
  tokens: readonly Token[],
  current: string,
): string {
  const cluster = {
    server: url,
    ...(caPem && { 'certificate-authority-data': Buffer.from(caPem).toString('base64') }),
  }
  return dump({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'sandbox', cluster }],
    users: tokens.map(({ user, token }) => ({ name: user, user: { token } })),
    contexts: tokens.map(({ user }) => ({
      name: user,
      context: { cluster: 'sandbox', user, namespace: 'default' },
    })),
    'current-context': current,
  })
}
