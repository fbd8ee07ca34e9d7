import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { generate } from 'selfsigned'
import { type Fields, fieldsAt, textAt } from '../../../src/domain/fields.ts'
import { isApiError, type KubeApi } from '../kubernetes/api.ts'
import { readCluster } from './cluster.ts'
import type { ClusterDialectName, DialectName } from './dialect.ts'
import { dialects, isApache } from './dialects.ts'
import { reviewCreate as createOnGcp, reviewUpdate as updateOnGcp } from './gcp/webhook.ts'
import { reviewUpdate as updateOnOldGcp } from './gcp-blocking/webhook.ts'
import type { Refusal } from './refusal.ts'
import { reviewCreate as createOnSpotify, reviewUpdate as updateOnSpotify } from './spotify/webhook.ts'

const configurations = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'
const configurationName = 'flink-operator-validating-webhook-configuration'

const rules = {
  'gcp-v1alpha1': { create: createOnGcp, update: updateOnOldGcp },
  'gcp-2': { create: createOnGcp, update: updateOnOldGcp },
  'gcp-9': { create: createOnGcp, update: updateOnGcp },
  spotify: { create: createOnSpotify, update: updateOnSpotify },
}

/**
 * Serves a dialect's validating webhook on loopback and registers it for flinkclusters (not for their status: neither
 * operator does). The Apache operator's is left out, as where it was recorded: the operator validates again by itself.
 */
export async function startWebhook(api: KubeApi, dialect: DialectName): Promise<{ stop(): Promise<void> }> {
  if (isApache(dialect)) return { stop: async () => undefined }
  const certificate = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  })
  const server = createServer({ key: certificate.private, cert: certificate.cert }, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const review = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Fields
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(answer(dialect, review)))
    })
  })
  // As patient with idle connections as Go's server: an API server that finds one closed under its hands refuses the write.
  server.keepAliveTimeout = 180_000
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  await register(api, server, certificate.cert, dialects[dialect].version)
  return {
    stop: async () => {
      await api.delete(`${configurations}/${configurationName}`).catch(() => undefined)
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

async function register(api: KubeApi, server: Server, certificate: string, version: string): Promise<void> {
  const { port } = server.address() as AddressInfo
  const path = `/validate-flinkoperator-k8s-io-${version}-flinkcluster`
  const webhook = {
    name: 'vflinkcluster.flinkoperator.k8s.io',
    clientConfig: {
      url: `https://127.0.0.1:${port}${path}`,
      caBundle: Buffer.from(certificate).toString('base64'),
    },
    rules: [
      {
        apiGroups: ['flinkoperator.k8s.io'],
        apiVersions: [version],
        operations: ['CREATE', 'UPDATE'],
        resources: ['flinkclusters'],
      },
    ],
    failurePolicy: 'Fail',
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
  }
  const body = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: configurationName },
    webhooks: [webhook],
  }
  await api.create(configurations, body).catch(async error => {
    if (!isApiError(error, 409)) throw error
    await api.patch(`${configurations}/${configurationName}`, { webhooks: [webhook] })
  })
}

/** The AdmissionReview that answers one. */
function answer(dialect: ClusterDialectName, review: Fields): Fields {
  const request = fieldsAt(review, 'request')
  const refusal = verdict(dialect, request)
  const response = {
    uid: textAt(request, 'uid'),
    allowed: refusal === undefined,
    ...(refusal && { status: statusOf(dialect, refusal) }),
  }
  return { apiVersion: review['apiVersion'], kind: 'AdmissionReview', response }
}

function verdict(dialect: ClusterDialectName, request: Fields): Refusal | undefined {
  const { create, update } = rules[dialect]
  const next = readCluster(fieldsAt(request, 'object'))
  if (request['operation'] === 'CREATE') return create(next)
  return update(readCluster(fieldsAt(request, 'oldObject')), next)
}

/** The controller-runtime of GCP's tags puts the text where the reason belongs (seen on v1alpha1, -2 and -9); later ones do not. */
function statusOf(dialect: ClusterDialectName, { code, message }: Refusal): Fields {
  if (dialect !== 'spotify') return { code, reason: message }
  return { code, message, reason: code === 410 ? 'Expired' : 'Forbidden' }
}
