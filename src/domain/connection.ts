/** kubectl's connection flags, parsed: what is not given is absent. The names are the flags' own. */
export interface ConnectionOptions {
  readonly kubeconfig?: string
  readonly context?: string
  readonly cluster?: string
  readonly user?: string
  readonly namespace?: string
  readonly server?: string
  readonly token?: string
  readonly clientCertificate?: string
  readonly clientKey?: string
  readonly certificateAuthority?: string
  readonly tlsServerName?: string
  readonly insecureSkipTlsVerify?: boolean
  readonly as?: string
  readonly asUid?: string
  readonly asGroup?: readonly string[]
  /** `key=value`, repeated. */
  readonly asUserExtra?: readonly string[]
  /** Per request; 0: none. */
  readonly requestTimeoutMs?: number
  readonly cacheDir?: string
  readonly disableCompression?: boolean
}

/** What the program knows of the machine it runs on. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  readonly platform: string
  readonly arch: string
  readonly nodeVersion: string
}
