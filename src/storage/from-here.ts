import { resolve } from 'node:path'
import type { Place, Places } from '../domain/places.ts'
import { type Doors, pathIn, placesOver } from './places.ts'

export interface Here {
  /** From which paths that are not whole are taken. */
  readonly directory: string
  /** Whose paths those without another scheme are, where they are not this machine's: a pod's. */
  readonly file?: Place
  /** What serves other schemes; without it, nothing does. */
  readonly remote?: Doors
}

/** Savepoints as seen from this machine. What speaks to a file system is loaded when it is first asked. */
export function placesFromHere({ directory, file, remote }: Here): Places {
  return placesOver(
    scheme => (scheme === 'file' ? filesOf(file) : remote?.(scheme)),
    location => {
      const path = pathIn(location)
      return path === undefined ? undefined : resolve(directory, path)
    },
  )
}

async function filesOf(file: Place | undefined): Promise<Place> {
  return file ?? (await import('./local.ts')).local
}
