/** A platform as krew and Go name it. */
export interface Platform {
  readonly os: 'linux' | 'darwin' | 'windows'
  readonly arch: 'amd64' | 'arm64'
}

/** The platform that all are built on. */
export const here: Platform = { os: 'linux', arch: 'amd64' }

/** What a release is made for. */
export const platforms: readonly Platform[] = [
  { os: 'darwin', arch: 'amd64' },
  { os: 'darwin', arch: 'arm64' },
  { os: 'linux', arch: 'amd64' },
  { os: 'linux', arch: 'arm64' },
  { os: 'windows', arch: 'amd64' },
  { os: 'windows', arch: 'arm64' },
]

/** The program's file, as kubectl looks for it on that platform. */
export function executableName({ os }: Platform): string {
  return os === 'windows' ? 'kubectl-flinksp.exe' : 'kubectl-flinksp'
}
