import type { Flag } from '../commands/command.ts'
import type { ConnectionOptions } from '../domain/connection.ts'

/** One of kubectl's connection flags, and where its value goes. */
export interface ConnectionFlag extends Flag {
  readonly option: keyof ConnectionOptions
  /** May be given several times; each time adds a value. */
  readonly repeated?: true
}

/**
 * kubectl's connection flags: genericclioptions.ConfigFlags of k8s.io/cli-runtime. `--username` and `--password` are not among
 * them: no API server since 1.19 knows basic authentication, and kubectl hides them.
 */
export const connectionFlags: readonly ConnectionFlag[] = [
  text(
    'as',
    'as',
    'User to impersonate for the operation: a regular user, or a service account of a namespace.',
  ),
  {
    ...text(
      'as-group',
      'asGroup',
      'Group to impersonate for the operation; repeat the flag for several groups.',
    ),
    repeated: true,
  },
  text('as-uid', 'asUid', 'UID to impersonate for the operation.'),
  {
    ...text(
      'as-user-extra',
      'asUserExtra',
      'Extra field of the user to impersonate, as KEY=VALUE; repeat the flag for several fields or values.',
    ),
    repeated: true,
  },
  {
    ...text('cache-dir', 'cacheDir', 'Cache directory; without it KUBECACHEDIR, else ~/.kube/cache.'),
    holds: 'directory',
  },
  {
    ...text(
      'certificate-authority',
      'certificateAuthority',
      'Path to the certificate of the certificate authority.',
    ),
    holds: 'file',
  },
  {
    ...text('client-certificate', 'clientCertificate', 'Path to a client certificate for TLS.'),
    holds: 'file',
  },
  { ...text('client-key', 'clientKey', 'Path to the key of the client certificate for TLS.'), holds: 'file' },
  { ...text('cluster', 'cluster', 'Name of the cluster in the kubeconfig to use.'), holds: 'cluster' },
  { ...text('context', 'context', 'Name of the context in the kubeconfig to use.'), holds: 'context' },
  onOff('disable-compression', 'disableCompression', 'Ask the server not to compress its responses.'),
  onOff(
    'insecure-skip-tls-verify',
    'insecureSkipTlsVerify',
    "Do not check the server's certificate. This makes HTTPS connections insecure.",
  ),
  {
    ...text(
      'kubeconfig',
      'kubeconfig',
      'Path to the kubeconfig; without it the list in KUBECONFIG, else ~/.kube/config.',
    ),
    holds: 'file',
  },
  {
    holds: 'namespace',
    ...text('namespace', 'namespace', 'Namespace of this request; without it that of the context.'),
    alias: 'n',
  },
  {
    name: 'request-timeout',
    option: 'requestTimeoutMs',
    type: 'duration',
    default: '0',
    describe:
      'How long to wait for the answer to a single request, with a unit (e.g. 1s, 2m, 3h). Zero means for ever.',
  },
  { ...text('server', 'server', 'Address and port of the Kubernetes API server.'), alias: 's' },
  text(
    'tls-server-name',
    'tlsServerName',
    "Name to check the server's certificate against; without it the host name of its address.",
  ),
  text('token', 'token', 'Bearer token for the API server.'),
  { ...text('user', 'user', 'Name of the user in the kubeconfig to use.'), holds: 'user' },
]

function text(name: string, option: keyof ConnectionOptions, describe: string): ConnectionFlag {
  return { name, option, type: 'text', default: '', describe }
}

function onOff(name: string, option: keyof ConnectionOptions, describe: string): ConnectionFlag {
  return { name, option, type: 'boolean', default: 'false', describe }
}
