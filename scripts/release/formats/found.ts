/** What a program of any platform shows of itself without being run. */
export interface Found {
  /** Undefined where it is another processor's. */
  readonly arch: 'amd64' | 'arm64' | undefined
  /** What pkg put in, as Node looks for it at its start; undefined where there is none. */
  readonly blob: Buffer | undefined
}
