import { resolve } from 'node:path'
import type { Place, Places } from '../domain/places.ts'
import { pathIn, placesOver } from './places.ts'

export interface Here {
  /** From which paths that are not whole are taken. */
  readonly directory: string
  /** Whose paths those without another scheme are, where they are not this machine's: a pod's. */
  readonly file?: Place
}

/** Savepoints as seen from this machine. What speaks to a file system is loaded when it is first asked. */
export function placesFromHere({ directory, file }: Here): Places {
  return placesOver(
    scheme => (scheme === 'file' && file ? Promise.resolve(file) : doors[scheme]?.()),
    location => {
      const path = pathIn(location)
      return path === undefined ? undefined : resolve(directory, path)
    },
  )
}

const doors: Readonly<Record<string, () => Promise<Place>>> = {
  file: async () => (await import('./local.ts')).local,
}
