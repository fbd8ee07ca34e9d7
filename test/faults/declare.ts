import type { DialectName } from '../sandbox/operators/operator.ts'
import { dialectsOf, type Family, type Fault, type Ground } from './fault.ts'
import { type Meeting, meeting } from './meeting.ts'
import { openScene, type Place, type Scene } from './scene.ts'
import { note } from './table.ts'

/** How many faults are begun before their turn: nearly all of their time is waiting. */
const ahead = 4

/** The server on which a fault is made; one that everybody feels may get a server of its own. */
export type PlaceOf = (dialect: DialectName, fault: Fault) => Promise<Place>

interface Round {
  readonly fault: Fault
  readonly dialects: readonly DialectName[]
  /** Begins it for all of them, once. */
  begin(): ReadonlyMap<DialectName, Promise<string>>
  begun(): readonly Promise<string>[]
}

/** Declares a test for each fault and operator. Where they share a server, first come those in which it fails as a whole, one at a time. */
export function declare(
  families: readonly Family[],
  ground: Ground,
  dialects: readonly DialectName[],
  placeOf: PlaceOf,
): void {
  const faults = families.flatMap(family => family.faults)
  const isAlone = ({ alone }: Fault) => alone === true && ground === 'real'
  const rounds = [...faults.filter(isAlone), ...faults.filter(fault => !isAlone(fault))].map(fault => {
    const met = dialectsOf(fault, ground).filter(dialect => dialects.includes(dialect))
    return roundOf(fault, met, placeOf)
  })
  for (const [number, round] of rounds.entries()) {
    const beside = isAlone(round.fault) ? [] : rounds.slice(number + 1, number + 1 + ahead)
    for (const dialect of round.dialects) declareOne(round, dialect, ground, beside)
  }
  after(() => Promise.allSettled(rounds.flatMap(round => round.begun())))
}

function declareOne(
  { fault, begin }: Round,
  dialect: DialectName,
  ground: Ground,
  beside: readonly Round[],
): void {
  it(`${fault.name} (${dialect}): ${fault.expectation}`, async () => {
    note({ fault, ground, dialect, seen: 'FAILED' })
    const played = begin().get(dialect)
    for (const next of beside) next.begin()
    note({ fault, ground, dialect, seen: (await played) ?? '' })
  })
}

function roundOf(fault: Fault, dialects: readonly DialectName[], placeOf: PlaceOf): Round {
  let begun: Map<DialectName, Promise<string>> | undefined
  const beginNow = () => {
    const together = meeting(dialects.length)
    return new Map(
      dialects.map(dialect => [dialect, playOn(fault, () => placeOf(dialect, fault), together)] as const),
    )
  }
  const begin = () => {
    begun ??= beginNow()
    // Whoever awaits its turn hears of its failure.
    for (const play of begun.values()) play.catch(() => undefined)
    return begun
  }
  return { fault, dialects, begin, begun: () => [...(begun?.values() ?? [])] }
}

async function playOn(fault: Fault, opened: () => Promise<Place>, together: Meeting): Promise<string> {
  const { at, leave } = together.join()
  try {
    return await playIn(await openScene(await opened()), fault, at)
  } finally {
    leave()
  }
}

async function playIn(scene: Scene, fault: Fault, at: (strike: () => Promise<void>) => Promise<void>) {
  const { faults, ground } = scene
  const met = { ...faults, down: (ms: number) => at(() => faults.down(ms)) }
  try {
    return await fault.provoke(ground === 'real' ? { ...scene, faults: met } : scene)
  } finally {
    await scene.close()
  }
}
