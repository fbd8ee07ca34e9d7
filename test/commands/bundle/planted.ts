import type { Fields } from '../../../src/domain/fields.ts'
import type { RestAnswer, RestQuestion } from '../../../src/domain/rest.ts'

/** Secrets, each with its own end, and the places where they are planted. None is named by its value. */
const planted: string[] = []

/** A secret that nobody has used before. */
export function secret(form: (unique: string) => string = unique => unique): string {
  const made = form(`hunter${planted.length}x9Kq${(planted.length * 7919).toString(36)}Zt`)
  planted.push(made)
  return made
}

/** Every secret that was planted so far. */
export const allPlanted = (): readonly string[] => planted

/** One that is told to be a secret in one place alone, and stands by itself in others. */
const repeated = secret()

const jwt = secret(unique => `eyJhbGciOiJSUzI1NiJ9.${btoa(unique)}.c2lnbmF0dXJl${unique}`)

/** What a user writes into a job of any kind. */
export function spec(): {
  readonly configuration: Fields
  readonly podTemplate: Fields
  readonly args: string[]
} {
  return {
    configuration: {
      's3.access-key': secret(),
      's3.secret-key': secret(),
      'fs.azure.account.key.acc.blob.core.windows.net': secret(unique => `${unique}==`),
      'security.ssl.rest.keystore-password': secret(),
      'properties.sasl.jaas.config': `org.apache.PlainLoginModule required username="u" password="${secret()}";`,
      'containerized.master.env.LICENCE': secret(),
      'env.java.opts.all': `-Xmx1g -Djavax.net.ssl.trustStorePassword=${secret()}`,
      'state.savepoints.dir': 's3://bucket/orders',
      'metrics.reporter.influx.url': `https://user:${secret()}@influx.example.com/db`,
    },
    podTemplate: {
      spec: {
        containers: [
          {
            name: 'flink-main-container',
            image: 'registry.example.com/flink:1.18',
            env: [
              { name: 'PLAIN', value: secret() },
              { name: 'DB_PASSWORD', value: repeated },
              { name: 'KEPT', valueFrom: { secretKeyRef: { name: 'db-secret', key: 'the-key' } } },
            ],
            args: ['standalone-job', '--job-classname', 'com.example.Orders', '--password', secret()],
            command: ['sh', '-c', `export TOKEN=${secret()}; exec flink`],
          },
        ],
      },
    },
    args: [`--password=${secret()}`, '--db.pw', secret(), secret(), '--topic', 'orders'],
  }
}

/** What kubectl and others keep beside an object: all of it again, in JSON in a text. */
export function annotations(object: Fields): Fields {
  const template = { ...object, data: { note: `token=${secret()}` } }
  return {
    'kubectl.kubernetes.io/last-applied-configuration': `${JSON.stringify(template)}\n`,
    'example.com/grafana': `https://grafana.example.com/d?auth_token=${secret()}`,
    'example.com/download': `https://acc.blob.core.windows.net/c/f?sv=2024&sig=${secret()}`,
    'example.com/presigned': `https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIA&X-Amz-Signature=${secret()}`,
    'example.com/nested': JSON.stringify({ inner: JSON.stringify({ apiKey: secret() }) }),
    'vault.example.com/token': secret(),
    'example.com/yaml': `- name: API_SECRET\n  value: ${secret()}\nclient-secret: |\n  ${secret()}\n`,
  }
}

/** A Secret that somebody has put where a Secret does not belong. */
export const strayed = (): Fields => ({
  kind: 'Secret',
  data: { any: btoa(secret()) },
  stringData: { other: secret() },
})

export const messages = {
  event: () => `Error: cannot log in with jdbc:postgresql://me:${secret()}@db:5432/x, nor with ${repeated}`,
  note: () => `before the upgrade, password: ${secret()}`,
}

export const logLines = (job: string): string[] => [
  `INFO reconciling ${job} with Authorization: Bearer ${secret()}`,
  `INFO {"cluster":"${job}","spec":{"env":[{"name":"A","value":"${secret()}"}],"s3.secret-key":"${secret()}"}}`,
  `INFO ${job} env: []v1.EnvVar{v1.EnvVar{Name:"DB_PASSWORD", Value:"${secret()}"}}`,
  `DEBUG ${job} sent token ${jwt}`,
  `ERROR ${job} could not log in as ${repeated}, nor as ${btoa(repeated)}`,
  `INFO run ${job} [--password, ${secret()}, --parallelism, 2]`,
  `\tat com.example.Login(Login.java:7) client_secret=${secret()}`,
  `INFO ${job} is deployed with`,
  '  - name: DB_PASSWORD',
  `    value: ${secret()}`,
  `INFO ${job} logs in with`,
  '\t-----BEGIN RSA PRIVATE KEY-----',
  '\tProc-Type: 4,ENCRYPTED',
  `\t${secret()}`,
  '\t-----END RSA PRIVATE KEY-----',
]

/** Flink's own pages, as an old release without any hiding of its own would write them. */
export function pages(question: RestQuestion): RestAnswer {
  if (question.ask !== 'page' && question.ask !== 'job-page') throw new Error(`asked ${question.ask}`)
  return { answer: 'page', body: bodies[`${question.ask}:${question.page}`] ?? {} }
}

const bodies: Readonly<Record<string, unknown>> = {
  'page:config': { 'flink-version': '1.18.1', 'timezone-name': 'UTC' },
  'page:jobmanager/config': [
    { key: 's3.secret-key', value: secret() },
    { key: '$internal.application.program-args', value: `--password;${secret()};--topic;orders` },
    { key: 'kubernetes.namespace', value: 'default' },
  ],
  'page:jobs/overview': { jobs: [{ name: `orders from https://me:${secret()}@broker/` }] },
  'job-page:config': {
    'execution-config': { 'user-config': { 'db.password': secret(), anything: secret() } },
  },
  'job-page:exceptions': {
    'root-exception': `java.io.IOException: jdbc:mysql://db/x?user=me&password=${secret()}\n\tat a.B`,
  },
}
