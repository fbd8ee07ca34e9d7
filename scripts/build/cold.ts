import type { ColdImport } from './cold-imports.ts'

const clientNode = /\/@kubernetes\/client-node\/dist\//

/**
 * What @kubernetes/client-node 2.0 imports statically and most kubeconfigs never need: the generated API (config.js needs it
 * for makeApiClient alone, portforward.js for forwarding to a Service), proxies, OpenID, WebSockets. Loading them all costs more
 * than the rest of a command.
 */
export const cold: readonly ColdImport[] = [
  './gen/index.js',
  './gen/rxjsStub.js',
  'undici',
  'socks',
  'socks-proxy-agent',
  'hpagent',
  'openid-client',
  'jsonpath-plus',
  'isomorphic-ws',
].map(specifier => ({ importer: clientNode, specifier }))
