import { Failure } from '../../../src/domain/failure.ts'
import type { Fields } from '../../../src/domain/fields.ts'
import type { Event, Protocol } from '../../../src/domain/protocol.ts'
import type { RestAnswer, RestQuestion } from '../../../src/domain/rest.ts'
import type { Dice } from '../../support/dice.ts'
import { object, type Play, play, type Wanted } from './play.ts'

/** What a wait is played in: the object as it is now, what happens to it, and what comes of what the wait wants. */
export interface Scene {
  body(): Fields
  act(): void
  answer(question: RestQuestion): RestAnswer
  /** A write of the wait is carried out. */
  write(id: string): void
}

export interface Run<Result> {
  readonly outcome: ReturnType<Play<Result>['outcome']>
  /** The ids of the further writes that were carried out. */
  readonly writes: readonly string[]
  readonly sighted: readonly Fields[]
  readonly events: readonly Event[]
  /** Not every change was sighted, as after a watch that was taken up again. */
  readonly missed: boolean
}

const most = 60
let generation = 1
const denied = new Failure('not-asked', 'Error from server (Forbidden): not you')

/** Plays a protocol in a scene where anything happens in any order; the time-out comes last. */
export function run<State, Result>(
  protocol: Protocol<State, Result>,
  scene: Scene,
  chance: Dice,
): Run<Result> {
  const first = object(scene.body())
  const played = play(protocol, first)
  const writes: string[] = []
  const gaps = chance.once(2)
  let missed = false
  const sighted: Fields[] = []
  const events: Event[] = []
  const feed = (event: Event) => {
    events.push(event)
    played.feed(event)
  }
  const see = () => {
    sighted.push(scene.body())
    feed({ type: 'object', object: object(scene.body()) })
  }
  const carryOut = (id: string) => {
    const was = object(scene.body())
    scene.write(id)
    const is = object({ ...scene.body(), metadata: { ...was.metadata, generation: ++generation } })
    feed({ type: 'written', id, before: was, after: is, at: Date.UTC(2026, 2, 1, 12) })
  }
  const settle = (wanted: Wanted): void => {
    switch (wanted.type) {
      case 'timer':
        feed({ type: 'due', timer: wanted.timer })
        break
      case 'ask-rest':
        feed({ type: 'rest', question: wanted.question, answer: scene.answer(wanted.question) })
        break
      case 'question':
        feed({
          type: 'answer',
          question: wanted.question,
          yes: chance.pick([true, false, undefined]),
        })
        break
      case 'write':
        settleWrite(wanted.id, wanted.write !== undefined)
    }
  }
  const settleWrite = (id: string, needed: boolean) => {
    if (!needed) feed({ type: 'skipped', id })
    else if (chance.once(5)) feed({ type: 'refused', id, failure: denied })
    else {
      writes.push(id)
      carryOut(id)
    }
  }
  const happen = (happening: number) => {
    if (happening === 0) feed({ type: 'deleted' })
    else if (happening === 1) feed({ type: 'refused', id: 'watch', failure: denied })
    else if (happening === 2) feed({ type: 'interrupted' })
    else if (happening < 90) {
      scene.act()
      if (gaps && chance.once(4)) missed = true
      else see()
    } else open.splice(chance.roll(open.length), 1).forEach(settle)
  }
  let open: Wanted[] = []

  if ('write' in protocol.ask(first)) {
    carryOut('ask')
    see()
  }
  for (let turn = 0; turn < most && !played.outcome(); turn++) {
    open = [...open, ...played.wants().filter(({ type }) => type !== 'tell' && type !== 'warn')]
    happen(chance.roll(200))
  }
  if (!played.outcome()) feed({ type: 'timeout' })
  return { outcome: played.outcome(), writes, sighted, events, missed }
}
