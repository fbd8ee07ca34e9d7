import type { Place } from '../domain/places.ts'
import { type Connecting, trustWhatTheMachineTrusts } from './connecting.ts'
import type { Doors } from './places.ts'

type Door = (connecting: Connecting) => Promise<Place>

/** Where nothing else is asked for (`--request-timeout`), each question has so long, with all tries of the library. */
export const usualLimitMs = 30_000

/** File systems and object stores by their schemes: each is loaded, and logs in, once, when it is first asked. */
export function remoteDoors(connecting: Connecting): Doors {
  const opened = new Map<Door, Promise<Place>>()
  return scheme => {
    const door = doors.get(scheme)
    if (!door) return undefined
    const place = opened.get(door) ?? open(door, connecting)
    opened.set(door, place)
    return place
  }
}

function open(door: Door, connecting: Connecting): Promise<Place> {
  connecting.muteWarnings()
  trustWhatTheMachineTrusts()
  return door(connecting)
}

const s3: Door = async connecting => (await import('./s3/place.ts')).s3Place(connecting)
const gs: Door = async connecting => (await import('./gs/place.ts')).gsPlace(connecting)
const azure: Door = async connecting => (await import('./azure/place.ts')).azurePlace(connecting)
const hdfs: Door = async connecting => (await import('./hdfs/place.ts')).hdfsPlace(connecting)

const doors: ReadonlyMap<string, Door> = new Map([
  ['abfs', azure],
  ['abfss', azure],
  ['gs', gs],
  ['hdfs', hdfs],
  ['s3', s3],
  ['s3a', s3],
  ['s3p', s3],
  ['swebhdfs', hdfs],
  ['wasb', azure],
  ['wasbs', azure],
  ['webhdfs', hdfs],
])
