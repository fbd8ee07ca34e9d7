import type { LazyImport } from './lazy-imports.ts'

const clientNode = /\/@kubernetes\/client-node\/dist\//

/**
 * What @kubernetes/client-node 2.0 imports statically and most kubeconfigs never need: the generated API (config.js needs it
 * for makeApiClient alone), proxies, OIDC, WebSockets. Evaluating them all costs more than the rest of a command.
 */
export const lazy: readonly LazyImport[] = [
  './gen/index.js',
  './middleware.js',
  './oidc_auth.js',
  'undici',
  'socks',
  'socks-proxy-agent',
  'hpagent',
  'openid-client',
  'jsonpath-plus',
  'isomorphic-ws',
].map(specifier => ({ importer: clientNode, specifier }))
