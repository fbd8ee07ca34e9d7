import { failure } from '../domain/failure.ts'
import type { Login, LoginSurroundings } from './credentials.ts'
import { quoted } from './go-wording.ts'
import type { UserEntry } from './kubeconfig-entries.ts'

/** `auth-provider` of a user: only `oidc` is left in client-go (plugin/pkg/client/auth). */
export async function providerLogin(
  user: UserEntry,
  userName: string,
  around: LoginSurroundings,
): Promise<Login> {
  const name = user.authProvider?.name ?? ''
  if (name === 'oidc') {
    const { oidcLogin } = await import('./oidc-login.ts')
    return oidcLogin(user, userName, around)
  }
  throw failure('not-asked', removed[name] ?? `no Auth Provider found for name ${quoted(name)}`)
}

const removed: Readonly<Record<string, string>> = {
  gcp: [
    'The gcp auth plugin has been removed.',
    'Please use the "gke-gcloud-auth-plugin" kubectl/client-go credential plugin instead.',
    'See https://cloud.google.com/blog/products/containers-kubernetes/kubectl-auth-changes-in-gke for further details',
  ].join('\n'),
  azure: [
    'The azure auth plugin has been removed.',
    'Please use the https://github.com/Azure/kubelogin kubectl/client-go credential plugin instead.',
    'See https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins for further details',
  ].join('\n'),
}
