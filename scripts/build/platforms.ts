/** A platform as krew and Go name it. */
export interface Platform {
  readonly os: 'linux' | 'darwin' | 'windows'
  readonly arch: 'amd64' | 'arm64'
}

/** The platform that all are built on. */
export const here: Platform = { os: 'linux', arch: 'amd64' }
