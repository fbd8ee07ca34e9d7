import assert from 'node:assert/strict'
import { valueWithoutSecrets } from '../../src/redaction/values.ts'

const without = (value: unknown) => valueWithoutSecrets(value, () => {})

/** What names a secret, or speaks of one, and holds none. */
const kept: readonly object[] = [
  { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }] },
  { envFrom: [{ secretRef: { name: 'db' } }] },
  { volumes: [{ name: 'certs', secret: { secretName: 'certs', defaultMode: 420 } }] },
  { imagePullSecrets: [{ name: 'registry' }], automountServiceAccountToken: false },
  { sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 3607 } }] },
  { podAffinity: [{ topologyKey: 'kubernetes.io/hostname' }], tolerations: [{ key: 'a', value: 'b' }] },
  { 'security.delegation.tokens.enabled': 'true', password: null, secret: '' },
  { jobId: 'fd0f0feac0c2e081ecc9f4c08fc893ff', savepointTriggerNonce: 7, 'key.serializer': 'a.b.C' },
  { args: ['taskmanager', '--configDir', '/opt/flink/conf', '-Drest.port=8081'], image: 'flink' },
]

const hidden: readonly (readonly [object, object])[] = [
  [
    { kind: 'Secret', data: { a: 'x' } },
    { kind: 'Secret', data: { a: 'REDACTED' } },
  ],
  [{ env: { A: 'x', B: 1 } }, { env: { A: 'REDACTED', B: 'REDACTED' } }],
  [{ s3: { 'secret-key': 'x', region: 'y' } }, { s3: { 'secret-key': 'REDACTED', region: 'y' } }],
  [{ credentials: { user: 'x', list: ['y'] } }, { credentials: { user: 'REDACTED', list: ['REDACTED'] } }],
  [
    { 'license.key': 'x', STRIPE_KEY: 'y' },
    { 'license.key': 'REDACTED', STRIPE_KEY: 'REDACTED' },
  ],
  [{ metadata: { managedFields: [{ f: 'x' }], name: 'n' } }, { metadata: { name: 'n' } }],
  [
    { args: ['run', '--password', 'x', '-Ds3.secret-key=y', '--api=z', 'word'], image: 'i' },
    {
      args: ['run', '--password', 'REDACTED', '-Ds3.secret-key=REDACTED', '--api=REDACTED', 'word'],
      image: 'i',
    },
  ],
  [{ job: { args: ['word', '--flag'] } }, { job: { args: ['REDACTED', '--flag'] } }],
  // Flink's own flags are those of its containers: of a user's program nobody knows what -p is.
  [
    { job: { args: ['-t', 'tok-x', '-p', 'pass-x', '-s=x', '--host', 'h'] } },
    { job: { args: ['-t', 'REDACTED', '-p', 'REDACTED', '-s=REDACTED', '--host', 'REDACTED'] } },
  ],
]

describe('A value without secrets', () => {
  it('keeps the names of secrets, and what is none', () => {
    assert.deepEqual(kept.map(without), kept)
  })

  it('has neither what is called a secret, nor what stands where one is given', () => {
    assert.deepEqual(
      hidden.map(([value]) => without(value)),
      hidden.map(([, left]) => left),
    )
  })
})
