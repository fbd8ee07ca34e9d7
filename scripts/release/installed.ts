import { execFileSync, spawnSync } from 'node:child_process'

/** Installs Debian's packages of these programs where they are not there: what check:release alone needs. Wants root, or sudo. */
export function installed(...programs: readonly string[]): void {
  const missing = programs.filter(program => spawnSync(program, ['--version']).status !== 0)
  if (missing.length === 0) return
  aptGet('update', '-qq')
  aptGet('install', '-y', '-qq', '--no-install-recommends', ...missing)
}

/** As root, or by a sudo that asks nothing. */
export function aptGet(...words: readonly string[]): void {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  const [program = '', ...rest] = [...asRoot, 'apt-get', ...words]
  execFileSync(program, rest, { stdio: 'inherit' })
}
