import assert from 'node:assert/strict'
import { withoutSecrets } from '../../src/redaction/text.ts'

/** A text with a secret in it, and what is left. */
const hidden: readonly (readonly [string, string])[] = [
  ['password=hunter2!', 'password=REDACTED'],
  ['fs.s3a.secret.key: hunter2', 'fs.s3a.secret.key: REDACTED'],
  ['  s3.secret-key: two words', '  s3.secret-key: REDACTED'],
  ['kafka login with DB_PASS=hunter2 at once', 'kafka login with DB_PASS=REDACTED at once'],
  ['the dbPassword: "a b" is', 'the dbPassword: "REDACTED" is'],
  ['{"token":"hunter2","job":"orders"', '{"token":"REDACTED","job":"orders"'],
  ['{\\"token\\":\\"hunter2\\",\\"job\\"', '{\\"token\\":\\"REDACTED\\",\\"job\\"'],
  ['started with --db-password hunter2 --topic x', 'started with --db-password REDACTED --topic x'],
  ['[--db-password, hunter2, --topic, x]', '[--db-password, REDACTED --topic, x]'],
  ['args: --db-password;hunter2', 'args: --db-password;REDACTED'],
  ['-Djavax.net.ssl.trustStorePassword=hunter2 -Xmx1g', '-Djavax.net.ssl.trustStorePassword=REDACTED -Xmx1g'],
  [
    'properties.sasl.jaas.config=org.apache.PlainLoginModule required username="u" password="hunter2";',
    'properties.sasl.jaas.config=REDACTED',
  ],
  [
    '- name: DB_X_SECRET\n  value: hunter2\n- name: A\n  value: b',
    '- name: DB_X_SECRET\n  value: REDACTED\n- name: A\n  value: b',
  ],
  ['password: |\n  hunter2\n  hunter3\nnext: 1', 'password: REDACTED\nnext: 1'],
  ['jdbc:postgresql://me:hunter2@db:5432/x', 'jdbc:postgresql://REDACTED@db:5432/x'],
  ['https://hunter2@github.com/a', 'https://REDACTED@github.com/a'],
  ['jdbc:mysql://db/x?user=me&password=hunter2', 'jdbc:mysql://db/x?user=me&password=REDACTED'],
  [
    'https://a.blob.core.windows.net/c/f?sv=2024&sig=hunter2%3D',
    'https://a.blob.core.windows.net/c/f?sv=2024&sig=REDACTED',
  ],
  ['https://s3/x?X-Amz-Credential=hunter2', 'https://s3/x?X-Amz-Credential=REDACTED'],
  ['AccountName=a;AccountKey=hunter2==', 'AccountName=a;AccountKey=REDACTED'],
  ['Authorization: Bearer hunter2', 'Authorization: REDACTED'],
  ['sent Bearer abcdefgh12345678 to', 'sent Bearer REDACTED to'],
  ['got eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0.c2lnbmF0dXJl from', 'got REDACTED from'],
  ['id AKIAIOSFODNN7EXAMPLE is', 'id REDACTED is'],
  ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nx', 'REDACTED\nx'],
  [
    '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIE\n-----END RSA PRIVATE KEY-----\nx',
    'REDACTED\nx',
  ],
]

/** What helps whoever looks for a fault. */
const kept: readonly string[] = [
  'abfss://container@account.dfs.core.windows.net/sp/savepoint-1',
  's3://bucket/sp/savepoint-c0c55c-63ed75ba89c1',
  'state.savepoints.dir: s3://bucket/sp',
  'imagePullSecrets: regcred',
  '{"secretKeyRef":{"name":"db","key":"password"}}',
  'automountServiceAccountToken: false',
  'security.delegation.tokens.enabled: true',
  'passed: 3 of 4, bypass=no',
  'the author: me, keyed: yes, monkey=1',
  'Basic authentication is on, Bearer tokens are not',
  'Caused by: java.io.IOException: No space left on device',
  'key.serializer=org.apache.kafka.common.serialization.StringSerializer',
]

describe('A text without secrets', () => {
  for (const [text, left] of hidden)
    it(`hides what is secret in ${JSON.stringify(text)}`, () => {
      const taken: string[] = []
      assert.equal(
        withoutSecrets(text, value => void taken.push(value)),
        left,
      )
      assert.equal(taken.length > 0, true)
    })

  it('keeps what helps', () => {
    assert.deepEqual(
      kept.map(text => withoutSecrets(text, () => {})),
      kept,
    )
  })

  it('is the same when secrets are looked for again', () => {
    for (const [text] of hidden) {
      const once = withoutSecrets(text, () => {})
      assert.equal(
        withoutSecrets(once, () => {}),
        once,
      )
    }
  })

  it('is done with 400,000 characters of anything before the test runs out of time', () => {
    const pieces = [
      'a',
      '=',
      '--a ',
      '"',
      '\\',
      'name: secret\n',
      'x://',
      'eyJ',
      '-----BEGIN ',
      'password',
      'password=',
      ' ',
      'Bearer ',
    ]
    for (const piece of pieces) {
      const text = piece.repeat(400_000 / piece.length)
      assert.equal(typeof withoutSecrets(text, () => {}), 'string')
    }
  })
})
