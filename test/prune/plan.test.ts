import assert from 'node:assert/strict'
import { Failure } from '../../src/domain/failure.ts'
import type { Savepoint } from '../../src/domain/savepoint.ts'
import { utcOf } from '../../src/domain/time.ts'
import type { Bystander, Candidate, HeldFile } from '../../src/prune/holding.ts'
import { type Deletion, plannedDeletion, planPrune } from '../../src/prune/plan.ts'
import type { PruneView } from '../../src/prune/reasons.ts'
import { type Dice, dice } from '../support/dice.ts'

const now = Date.parse('2026-03-01T12:00:00Z')
const job = { apiVersion: 'x/v1', kind: 'FlinkCluster', namespace: 'default', name: 'orders', uid: 'mine' }
const root = 'file:/sp'

/** Any job with any savepoints, which share files at random among themselves and with others. */
function anyWorld(roll: Dice['roll']): { own: Candidate[]; bystanders: Bystander[]; view: PruneView } {
  const number = roll(8)
  const directories = Array.from({ length: number }, (_, at) => `${root}/savepoint-abcdef-${hex(at)}`)
  const anyFiles = () =>
    directories.flatMap(each => [0, 1].flatMap(file => (roll(8) === 0 ? [`${each}/${file}`] : [])))
  const own = directories.map((location, at) => anyCandidate(roll, location, at, anyFiles()))
  const bystanders = Array.from({ length: roll(3) }, (_, at): Bystander => {
    const location = `file:/other/savepoint-123456-${hex(at)}`
    return { location, references: anyFiles(), ...(roll(6) === 0 && { unreadable: 'damaged' }) }
  })
  const view: PruneView = {
    uid: 'mine',
    running: roll(2) === 0,
    now,
    directories: [root],
    criteria: {
      ...(roll(3) > 0 ? { keep: 1 + roll(4) } : { olderThanSeconds: roll(8) * 3_600 }),
      ...(roll(3) === 0 && { includeUnrecorded: true }),
      ...(roll(3) === 0 && { keepNamed: true }),
    },
  }
  return { own, bystanders, view }
}

const hex = (at: number) => at.toString(16).padStart(12, '0')

function anyCandidate(
  roll: Dice['roll'],
  location: string,
  at: number,
  shared: readonly string[],
): Candidate {
  const tie = (['recorded', 'recorded', 'metadata', 'none'] as const)[roll(4)] ?? 'none'
  const savepoint: Savepoint = {
    job: { ...job, uid: roll(6) === 0 ? 'before' : 'mine' },
    state: 'Completed',
    type: 'savepoint',
    location,
    ...(roll(8) > 0 && { completedAt: utcOf(now - (at + 1) * 3_600_000) }),
    ...(roll(5) === 0 && { name: `name-${at}` }),
    restartPoint: false,
    origin: roll(10) === 0,
    sources: [tie === 'recorded' ? 'record' : 'scan'],
  }
  const state = (['whole', 'whole', 'whole', 'broken', 'unreadable', 'absent'] as const)[roll(6)] ?? 'whole'
  const ownFiles = ['_metadata', '0', '1'].slice(0, 1 + roll(3)).map(name => fileAt(`${location}/${name}`))
  const references = [...ownFiles.slice(1).map(({ place }) => place), ...shared]
  const format = roll(2) === 0 ? 'CANONICAL' : 'NATIVE'
  return {
    savepoint,
    tie,
    uses: roll(6) === 0 ? ['somebody needs it'] : [],
    ...(roll(6) === 0 && { snapshot: { name: 's', disposes: roll(2) === 0 } }),
    holding: {
      ...{ location, place: location, state, directory: roll(10) > 0, operators: [], format },
      ...(state === 'unreadable' || state === 'absent'
        ? { reason: 'damaged', files: [], references: [] }
        : { files: ownFiles, references }),
      elsewhere: shared.some(file => !file.startsWith(location)),
      ...(roll(10) === 0 && { type: 'checkpoint' as const }),
    },
  }
}

const fileAt = (place: string): HeldFile => ({ location: place, place, bytes: 10, modifiedAt: 1 })

const rounds = 20_000

describe('a plan to prune', () => {
  it('never deletes what must stay, whatever shares whatever with whomever', () => {
    let deleted = 0
    for (let seed = 1; seed <= rounds; seed++) {
      const world = anyWorld(dice(seed).roll)
      const plan = planPrune(world.own, world.bystanders, world.view)
      if (plan instanceof Failure) continue
      deleted += plan.delete.length
      check(
        world,
        plan.delete,
        plan.keep.map(({ location }) => location),
        `seed ${seed}`,
      )
    }
    // A plan that deletes nothing would pass, too.
    assert.ok(deleted > rounds / 10, `${deleted} deletions in ${rounds} plans`)
  })
})

describe('a savepoint whose FlinkStateSnapshot deletes all that it names', () => {
  const at = (number: number) => `${root}/savepoint-abcdef-${hex(number)}`
  const savepoint = (number: number, needs: readonly string[], disposes = false): Candidate => {
    const location = at(number)
    const own = `${location}/state`
    return {
      savepoint: {
        ...{ job, state: 'Completed', type: 'savepoint', location, restartPoint: false, origin: false },
        completedAt: utcOf(now - number * 3_600_000),
        sources: ['record'],
      },
      ...{ tie: 'recorded', uses: [] },
      ...(disposes && { snapshot: { name: `snapshot-${number}`, disposes } }),
      holding: {
        ...{ location, place: location, state: 'whole', directory: true, operators: [], format: 'NATIVE' },
        files: [`${location}/_metadata`, own].map(fileAt),
        references: [own, ...needs],
        elsewhere: needs.length > 0,
      },
    }
  }
  const view: PruneView = { uid: 'mine', running: true, now, directories: [root], criteria: { keep: 1 } }
  const planOf = (own: readonly Candidate[], bystanders: readonly Bystander[] = []) => {
    const plan = planPrune(own, bystanders, view)
    if (plan instanceof Failure) throw plan
    return {
      delete: plan.delete.map(({ candidate }) => candidate.holding.location),
      keep: plan.keep.map(({ location, reasons }) => [location, reasons]),
    }
  }
  const reason = 'its FlinkStateSnapshot would delete files that others need'

  it('stays while another that stays, or a checkpoint, needs one of its files', () => {
    const newest = savepoint(1, [`${at(2)}/state`])
    assert.deepEqual(planOf([newest, savepoint(2, [], true)]), {
      delete: [],
      keep: [
        [at(1), ['the newest good one', 'one of the newest 1']],
        [at(2), [reason]],
      ],
    })
    const checkpoint = { location: 'file:/cp/chk-7', references: [`${at(2)}/state`] }
    assert.deepEqual(planOf([savepoint(1, []), savepoint(2, [], true)], [checkpoint]).keep[1], [
      at(2),
      [reason],
    ])
    assert.deepEqual(planOf([savepoint(1, []), savepoint(2, [], true)]).delete, [at(2)])
  })

  it('stays where it names files of others itself, which then stay whole, too', () => {
    const chain = [
      savepoint(1, []),
      savepoint(2, [`${at(3)}/state`], true),
      savepoint(3, [], true),
      savepoint(4, []),
    ]
    assert.deepEqual(planOf(chain), {
      delete: [at(4)],
      keep: [
        [at(1), ['the newest good one', 'one of the newest 1']],
        [at(2), [reason]],
        [at(3), [reason]],
      ],
    })
  })
})

function check(
  { own, bystanders, view }: ReturnType<typeof anyWorld>,
  deletions: readonly Deletion[],
  kept: readonly string[],
  seed: string,
): void {
  const gone = new Set(deletions.map(({ candidate }) => candidate))
  const there = own.filter(({ holding }) => holding.state !== 'absent')
  assert.equal(gone.size + kept.length, there.length, `${seed}: each goes or stays`)
  for (const { tie, uses, holding, savepoint } of gone) {
    assert.deepEqual(uses, [], `${seed}: somebody uses it`)
    assert.ok(['whole', 'broken'].includes(holding.state), `${seed}: it is a savepoint that can be read`)
    assert.ok(holding.type !== 'checkpoint' && holding.directory, `${seed}: it is a directory of a savepoint`)
    assert.ok(tie !== 'none' || view.criteria.includeUnrecorded, `${seed}: it is its own`)
    assert.ok(!savepoint.origin, `${seed}: it was taken`)
    assert.ok(!(view.criteria.keepNamed && savepoint.name), `${seed}: it has no name`)
  }
  assert.ok(
    own.some(each => each.holding.state === 'whole' && !gone.has(each)),
    `${seed}: a good one stays`,
  )
  const needed = new Set([
    ...bystanders.flatMap(({ references }) => references),
    ...own.filter(each => !gone.has(each)).flatMap(({ holding }) => holding.references),
  ])
  for (const deletion of deletions) checkFiles(deletion, needed, view.running, seed)
  const { keep } = view.criteria
  const counted = own.filter(
    each =>
      each.holding.state === 'whole' &&
      each.holding.type !== 'checkpoint' &&
      each.holding.directory &&
      !each.savepoint.origin &&
      (each.tie !== 'none' || view.criteria.includeUnrecorded),
  )
  const newest = counted.slice(0, keep ?? 0)
  assert.ok(
    newest.every(each => !gone.has(each)),
    `${seed}: the newest ${keep} stay`,
  )
}

function checkFiles(deletion: Deletion, needed: ReadonlySet<string>, running: boolean, seed: string): void {
  const { candidate, files } = deletion
  const { via } = plannedDeletion(deletion, running)
  assert.ok(
    files.every(({ place }) => !needed.has(place)),
    `${seed}: nobody needs its files`,
  )
  assert.equal(
    files[0]?.place,
    `${candidate.holding.place}/_metadata`,
    `${seed}: _metadata is the first to go`,
  )
  assert.ok(
    files.every(file => candidate.holding.files.includes(file)),
    `${seed}: nothing goes but what is its own`,
  )
  // These two delete whatever it names.
  if (via !== 'storage')
    assert.ok(
      candidate.holding.references.every(
        place => !needed.has(place) && place.startsWith(candidate.holding.place),
      ),
      `${seed}: who deletes all that it names is not asked where others need some of it`,
    )
}
