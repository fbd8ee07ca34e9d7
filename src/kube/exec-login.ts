import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { isatty } from 'node:tty'
import { Failure, failure } from '../domain/failure.ts'
import { type Fields, fieldsAt, isFields, textAt } from '../domain/fields.ts'
import type { Access } from './access.ts'
import type { Credentials, Login, LoginSurroundings } from './credentials.ts'
import { codeOf, messageOf } from './go-wording.ts'
import type { ExecUser } from './kubeconfig-entries.ts'

const apiVersions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']

const longestOutput = 1024 * 1024

const notInstalled = `

It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins`

interface Issued {
  readonly credentials: Credentials
  /** Epoch milliseconds. */
  readonly expiresAt?: number
}

/**
 * A user whose credentials a program gives out (EKS, GKE, AKS): client-go plugin/pkg/client/auth/exec/exec.go.
 * client-node's ExecAuth sends no KUBERNETES_EXEC_INFO and asks only once, so it is not used.
 */
export function execLogin(exec: ExecUser, access: Access, around: LoginSurroundings): Login {
  const { clock } = around
  if (!apiVersions.includes(exec.apiVersion)) {
    throw failure('not-asked', `exec plugin: invalid apiVersion ${JSON.stringify(exec.apiVersion)}`)
  }
  let running: Promise<Issued> | undefined
  const issue = () => {
    const issuing = run(exec, access, around)
    issuing.catch(() => {
      running = undefined
    })
    running = issuing
    return issuing
  }
  return {
    async current() {
      const known = running ?? issue()
      const issued = await known
      const stale = issued.expiresAt !== undefined && clock.now() > issued.expiresAt
      if (!stale) return issued.credentials
      // of several requests that find it stale, one asks
      return (await (running === known ? issue() : (running ?? issue()))).credentials
    },
    async renew(refused) {
      const known = await running
      // somebody else has asked again meanwhile
      if (known !== undefined && known.credentials !== refused) return true
      await issue()
      return true
    },
  }
}

async function run(
  exec: ExecUser,
  access: Access,
  { machine, unattended }: LoginSurroundings,
): Promise<Issued> {
  const interactive = isInteractive(exec, unattended === undefined && isatty(0))
  const info = JSON.stringify({
    kind: 'ExecCredential',
    apiVersion: exec.apiVersion,
    spec: { interactive, ...(exec.provideClusterInfo && { cluster: clusterInfo(access) }) },
  })
  const env = {
    ...machine.env,
    ...Object.fromEntries(exec.env.map(({ name, value }) => [name, value])),
    KUBERNETES_EXEC_INFO: info,
  }
  return issuedFrom(exec, await outputOf(exec, env, { interactive, unattended }))
}

function isInteractive(exec: ExecUser, terminal: boolean): boolean {
  if (exec.interactiveMode === 'Never') return false
  if (exec.interactiveMode === 'Always' && !terminal) {
    throw noCredentials('exec plugin cannot support interactive mode: standard input is not a terminal')
  }
  return terminal
}

function clusterInfo({ server, cluster }: Access): Fields {
  const ca = cluster.caData ?? (cluster.caFile && readFileSync(cluster.caFile).toString('base64'))
  return {
    server,
    ...(cluster.tlsServerName !== undefined && { 'tls-server-name': cluster.tlsServerName }),
    ...(cluster.insecure && { 'insecure-skip-tls-verify': true }),
    ...(ca !== undefined && { 'certificate-authority-data': ca }),
    ...(cluster.proxyUrl !== undefined && { 'proxy-url': cluster.proxyUrl }),
    config: cluster.execConfig ?? null,
  }
}

/** Its stderr is the user's, where there is one: that is where a login program asks and explains. */
function outputOf(
  exec: ExecUser,
  env: Readonly<Record<string, string | undefined>>,
  { interactive, unattended }: { interactive: boolean; unattended: AbortSignal | undefined },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(exec.command, exec.args, {
      env,
      stdio: [interactive ? 'inherit' : 'ignore', 'pipe', unattended ? 'ignore' : 'inherit'],
      ...(unattended && { signal: unattended }),
      windowsHide: true,
    })
    const chunks: Buffer[] = []
    let length = 0
    child.stdout?.on('data', (chunk: Buffer) => {
      length += chunk.length
      chunks.push(chunk)
      if (length <= longestOutput) return
      // what it started may hold the pipe: nobody waits for that
      child.stdout?.destroy()
      child.kill()
      reject(noCredentials(`exec: executable ${exec.command} printed too much`))
    })
    child.on('error', error => reject(noCredentials(spawnProblem(exec, error))))
    child.on('close', code => {
      if (code === 0) resolve(Buffer.concat(chunks).toString('utf8'))
      else reject(noCredentials(`exec: executable ${exec.command} failed with exit code ${code ?? -1}`))
    })
  })
}

function spawnProblem(exec: ExecUser, error: unknown): string {
  if (codeOf(error) !== 'ENOENT') return `exec: ${messageOf(error)}`
  const hint = exec.installHint === undefined ? '' : `\n\n${printable(exec.installHint)}`
  return `exec: executable ${exec.command} not found${notInstalled}${hint}`
}

function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return text.replace(/[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/g, '')
}

/** No text of the output goes into a message: it may be a token. */
function issuedFrom(exec: ExecUser, output: string): Issued {
  const answer = parsed(output)
  const version = textAt(answer, 'apiVersion')
  if (version !== exec.apiVersion) {
    throw noCredentials(
      `exec plugin is configured to use API version ${exec.apiVersion}, plugin returned version ${version ?? 'client.authentication.k8s.io/__internal'}`,
    )
  }
  if (!isFields(answer['status'])) throw noCredentials("exec plugin didn't return a status field")
  const status = fieldsAt(answer, 'status')
  const token = textAt(status, 'token')
  const cert = textAt(status, 'clientCertificateData')
  const key = textAt(status, 'clientKeyData')
  if ((cert === undefined) !== (key === undefined)) {
    throw noCredentials('exec plugin returned only certificate or key, not both')
  }
  if (token === undefined && cert === undefined) {
    throw noCredentials("exec plugin didn't return a token or cert/key pair")
  }
  const expiresAt = Date.parse(textAt(status, 'expirationTimestamp') ?? '')
  return {
    credentials: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(cert !== undefined && key !== undefined && { certificate: { cert, key } }),
    },
    ...(!Number.isNaN(expiresAt) && { expiresAt }),
  }
}

function parsed(output: string): Fields {
  try {
    const answer: unknown = JSON.parse(output)
    if (isFields(answer)) return answer
  } catch {
    // told below
  }
  throw noCredentials("decoding stdout: couldn't get version/kind; json parse error")
}

function noCredentials(reason: string): Failure {
  return new Failure('not-asked', `Unable to connect to the server: getting credentials: ${reason}`)
}
