// Small programs of POSIX sh and of the few tools that both GNU's coreutils (Flink's images are Debian) and busybox have. What
// they work on reaches them as "$1" and so on, never as a part of the program.

/** `absent`, `! why`, or mode, bytes and time: as `stat` tells them, links followed. */
const told = `told() {
  if s=$(LC_ALL=C stat -L -c '%f %s %Y' -- "$1" 2>&1); then printf '%s\\n' "$s"; return; fi
  case $s in
    *': No such file or directory'|*': Not a directory'|*': File name too long') echo absent;;
    *) printf '! %s\\n' "\${s##*: }";;
  esac
  return 1
}
`

/** A tool that is not there ends a script with this code (POSIX sh, 2.8.2) and its name on stderr. */
export const missingTool = 127

function needs(...tools: string[]): string {
  return `for t in ${tools.join(' ')}; do command -v "$t" >/dev/null || { echo "$t" >&2; exit ${missingTool}; }; done\n`
}

/** A line of `told` for each path. */
export const statusScript = `${needs('stat')}${told}for f do told "$f"; done; exit 0`

/**
 * The line of `told`, then the entries: mode, bytes, time and name each, links as such. No name has a slash, so that two of
 * them end an entry whatever the name has else. What goes meanwhile is no entry.
 */
export const listScript = `${needs('stat', 'find')}${told}told "$1" || exit 0
cd -- "$1" 2>/dev/null && [ -r . ] || { echo '! Permission denied'; exit 0; }
find . ! -name . -prune -exec stat -c '%f %s %Y %n//' -- {} + 2>/dev/null
[ $? -le 1 ]`

/** The bytes of "$1": "$3" blocks of "$2" bytes behind the first "$4" ones. */
const blocks = `LC_ALL=C dd if="$1" bs="$2" count="$3" skip="$4"`

/** The line of `told`, and the first blocks if it is a file: a pipe or a device would keep us waiting. */
export const openScript = `${needs('stat', 'dd')}${told}told "$1" || exit 0
[ -f "$1" ] || exit 0
${blocks}`

export const readScript = `${needs('dd')}${blocks}`

export const removeScript = `${needs('rm')}LC_ALL=C rm -f -- "$1"`

export const removeDirectoryScript = `${needs('rmdir')}[ -e "$1" ] || exit 0
LC_ALL=C rmdir -- "$1"`
