/** What stands where a secret stood: kubectl's own word (kubectl config view). */
export const redacted = 'REDACTED'

/**
 * Told by the name alone, wherever it stands in it. Flink hides `password`, `secret`, `fs.azure.account.key`, `apikey`, `api-key`,
 * `auth-params`, `service-key`, `token`, `basic-auth`, `jaas.config` and `http-headers` itself (flink-core GlobalConfiguration);
 * the others are Kafka's, the clouds', and those that programs give their arguments.
 */
const tellingParts = [
  'password',
  'passwd',
  'passphrase',
  'secret',
  'token',
  'credential',
  'apikey',
  'accesskey',
  'accountkey',
  'privatekey',
  'servicekey',
  'sharedkey',
  'signingkey',
  'encryptionkey',
  'masterkey',
  'clientkey',
  'jaasconfig',
  'basicauth',
  'authparams',
  'httpheaders',
  'authorization',
  'connectionstring',
  'accesssignature',
  'cookie',
  // The arguments of the user's program, as Flink itself keeps them (flink-clients ApplicationConfiguration.APPLICATION_ARGS).
  'applicationprogramargs',
]

/** Only where a word of its own: `DB_PASS`, `dbPwd`, not `passed`. */
const tellingWords = ['pass', 'pwd', 'pw', 'auth', 'sig', 'signature', 'passcode', 'apikeys', 'creds', 'sas']

/** Fields of Kubernetes that name a secret, or how long one lives, and hold none. */
const namesOfSecrets = new Set([
  'secretname',
  'secretkeyref',
  'secretref',
  'secrets',
  'imagepullsecrets',
  'automountserviceaccounttoken',
  'serviceaccounttoken',
  'tokenexpirationseconds',
])

/** Does what this names have to be hidden? `s3.secret-key`, `DB_PASSWORD`, `--kafka.sasl.password`. */
export function isSecretName(name: string): boolean {
  const words = wordsOf(name)
  const whole = words.join('')
  if (namesOfSecrets.has(whole)) return false
  if (tellingParts.some(part => whole.includes(part))) return true
  if (words.some(word => tellingWords.includes(word))) return true
  // `license.key`, `STRIPE_KEY`; a `key` alone is half of a pair, and Kubernetes has a `topologyKey`.
  return /[A-Za-z0-9][._-]key$/i.test(name)
}

/** Settings by which an environment is given to pods (flink-kubernetes, ResourceManagerOptions.CONTAINERIZED_MASTER_ENV_PREFIX). */
export function isEnvironmentSetting(name: string): boolean {
  return /^containerized\.(master|taskmanager)\.env\./.test(name)
}

function wordsOf(name: string): string[] {
  return name
    .slice(0, 1_024)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(word => word !== '')
}
