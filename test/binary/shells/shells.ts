import type { Shell } from './drive.ts'

/** In the shell's own words: a plugin that keeps its arguments, unless it is asked by Tab. */
const keeping = `if [ "$1" = __complete ]; then command kubectl-flinksp "$@"; else printf "<%s>" "$@" >> "$KEPT"; echo >> "$KEPT"; fi`

export const bash: Shell = {
  command: 'bash --norc --noprofile -i',
  begin: script => [`cd; source ${script}`, `kubectl-flinksp() { ${keeping}; }`],
}

export const zsh: Shell = {
  command: 'zsh -f -i',
  begin: script => [
    `cd; autoload -Uz compinit; compinit -u -D; source ${script}`,
    `kubectl-flinksp() { ${keeping}; }`,
  ],
}

export const fish: Shell = {
  command: 'fish --no-config -i',
  begin: script => [
    `cd; source ${script}`,
    'function kubectl-flinksp; if test "$argv[1]" = __complete; command kubectl-flinksp $argv; else; printf "<%s>" $argv >> $KEPT; echo >> $KEPT; end; end',
  ],
}
