import { generate } from 'selfsigned'

export interface KeyPair {
  readonly cert: string
  readonly key: string
}

export interface Certificates {
  readonly authority: KeyPair
  /** For localhost, 127.0.0.1 and kubernetes.default. */
  readonly server: KeyPair
  readonly client: KeyPair
}

let made: Promise<Certificates> | undefined

/** One authority for all tests of a run, and what it signed. */
export function certificates(): Promise<Certificates> {
  made ??= make()
  return made
}

export async function certificateFor(
  names: readonly string[],
  addresses: readonly string[],
): Promise<KeyPair> {
  return signed((await certificates()).authority, names[0] ?? 'server', names, addresses)
}

async function make(): Promise<Certificates> {
  const root = await generate([{ name: 'commonName', value: 'test authority' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  })
  const authority = { cert: root.cert, key: root.private }
  return {
    authority,
    server: await signed(authority, 'localhost', ['localhost', 'kubernetes.default'], ['127.0.0.1']),
    client: await signed(authority, 'alice', [], []),
  }
}

async function signed(
  authority: KeyPair,
  commonName: string,
  names: readonly string[],
  addresses: readonly string[],
): Promise<KeyPair> {
  const pair = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca: authority,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      ...(names.length + addresses.length === 0
        ? []
        : [
            {
              name: 'subjectAltName' as const,
              altNames: [
                ...names.map(value => ({ type: 2 as const, value })),
                ...addresses.map(ip => ({ type: 7 as const, ip })),
              ],
            },
          ]),
    ],
  })
  return { cert: pair.cert, key: pair.private }
}
