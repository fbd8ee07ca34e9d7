import { spawnSync } from 'node:child_process'
import type { How } from '../contract/stage.ts'

/** May whoever runs this mount things of their own? Not in every container. */
const mayMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0

const shell = (script: string) => ['/bin/bash', '-c', script, 'bash']
const mounting = (script: string) => ['unshare', '-rm', ...shell(script)]

/** With these words of a shell after the program's. */
export const redirected = (words: string): How => ({ under: shell(`exec "$@" ${words}`) })

/** Whoever reads what it prints has gone. */
export const unread: How = { under: shell('set -o pipefail; "$@" | true') }

/** In a directory on a disk that is full; where nothing may be mounted, where no file may grow. Says at the end what is in it. */
export const onFullDisk: How = {
  under: mayMount
    ? mounting(
        'mkdir full && mount -t tmpfs -o size=4k tmpfs full && cd full && head -c 4096 /dev/zero > filler; "$@"; code=$?; ls; exit $code',
      )
    : shell(
        'mkdir full && cd full && touch filler; trap "" XFSZ; ulimit -f 0; "$@"; code=$?; ls; exit $code',
      ),
}

/** How the system words it. */
export const fullDisk = mayMount ? 'no space left on device' : 'file too large'

/** At home, where nothing can be written, by root neither. */
export const atReadOnlyHome: How = mayMount
  ? {
      under: mounting(
        'mount --bind "$HOME" "$HOME" && mount -o remount,bind,ro "$HOME" && cd "$HOME" && exec "$@"',
      ),
    }
  : { under: shell('cd /proc && exec "$@"'), env: { HOME: '/proc' } }

/** What cannot be written there, and why. */
export const unwritable = mayMount
  ? 'DIR/.home-counted-faults/orders-restore.yaml: read-only file system'
  : '/proc/orders-restore.yaml: no such file or directory'
