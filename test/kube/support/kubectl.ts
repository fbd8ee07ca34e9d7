import { execFile, spawnSync } from 'node:child_process'

/** Not a package of npm's. */
const program = 'kubectl'

/** Why the real kubectl cannot be asked here, or undefined. */
export const noKubectl: string | undefined = spawnSync(program, ['version', '--client']).error
  ? 'skipped: kubectl is not here'
  : undefined

/** What the real kubectl says on stderr, without its log lines and the newline at the end. */
export function kubectlSays(args: readonly string[], env: Record<string, string>): Promise<string> {
  return new Promise(resolve => {
    execFile(
      program,
      args,
      { env: { PATH: process.env['PATH'] ?? '', ...env }, timeout: 15_000 },
      (_error, _out, stderr) => {
        resolve(
          stderr
            .split('\n')
            .filter(line => !/^[EWI]\d{4} /.test(line))
            .join('\n')
            .trimEnd(),
        )
      },
    )
  })
}
