import type { InspectedOperator, InspectedState, Inspection, Serializer } from '../domain/inspection.ts'
import type { ComparedSavepoint, InspectionDiff, OperatorDiff, StateDiff } from '../domain/inspection-diff.ts'
import type { Change } from '../domain/plan.ts'

/** What changed from one savepoint to another. Operators are matched by their ids, as Flink matches them. */
export function savepointDiff(from: Inspection, to: Inspection): InspectionDiff {
  const before = new Map(from.operators.map(operator => [operator.id, operator]))
  const after = new Set(to.operators.map(({ id }) => id))
  return {
    from: compared(from),
    to: compared(to),
    changes: changesOf(from, to, ['formatVersion', 'type', 'format', 'relocatable']),
    operators: [
      ...to.operators.map(operator => operatorDiff(before.get(operator.id), operator)),
      ...from.operators.filter(({ id }) => !after.has(id)).map(operator => operatorDiff(operator, undefined)),
    ],
  }
}

function compared({
  location,
  modifiedAt,
  savepoint,
  formatVersion,
  flinkVersions,
  checkpointId,
  type,
  format,
  stateBytes,
}: Inspection): ComparedSavepoint {
  return {
    location,
    ...(modifiedAt !== undefined && { modifiedAt }),
    ...(savepoint && { savepoint }),
    ...{ formatVersion, flinkVersions, checkpointId },
    ...(type && { type }),
    ...(format && { format }),
    stateBytes,
  }
}

function operatorDiff(from: InspectedOperator | undefined, to: InspectedOperator | undefined): OperatorDiff {
  const shown = to ?? from
  if (!shown) throw new Error('an operator of neither savepoint')
  const { id, name, uid, hasState } = shown
  const changes = from && to ? operatorChanges(from, to) : []
  const states = from && to ? stateDiffs(from, to) : []
  return {
    ...{ id, name, uid },
    change: changeOf(from, to, changes.length + states.length > 0),
    hasState,
    stateBytes: { ...(from && { from: from.stateBytes }), ...(to && { to: to.stateBytes }) },
    ...{ changes, states },
  }
}

function changeOf(
  from: InspectedOperator | undefined,
  to: InspectedOperator | undefined,
  changed: boolean,
): OperatorDiff['change'] {
  if (!from) return 'new'
  if (!to) return 'gone'
  if (changed) return 'changed'
  return from.stateBytes === to.stateBytes ? 'same' : 'resized'
}

/** Names and uids are written since Flink 2.0: one that was not written has not changed. */
function operatorChanges(from: InspectedOperator, to: InspectedOperator): Change[] {
  const written = (['name', 'uid'] as const).filter(path => from[path] !== null && to[path] !== null)
  return [
    ...changesOf(from, to, [...written, 'parallelism', 'maxParallelism', 'fullyFinished']),
    ...serializerChange('keySerializer', from.keySerializer, to.keySerializer),
  ]
}

function stateDiffs(from: InspectedOperator, to: InspectedOperator): StateDiff[] {
  const before = new Map(from.states.map(state => [keyOf(state), state]))
  const after = new Map(to.states.map(state => [keyOf(state), state]))
  const one = (state: InspectedState, change: 'new' | 'gone'): StateDiff[] => {
    const other = change === 'new' ? from : to
    if (!tellsStates(other, state.scope)) return []
    return [{ name: state.name, scope: state.scope, change, changes: [] }]
  }
  return [
    ...to.states.flatMap(state => {
      const known = before.get(keyOf(state))
      return known ? changedState(known, state) : one(state, 'new')
    }),
    ...from.states.filter(state => !after.has(keyOf(state))).flatMap(state => one(state, 'gone')),
  ]
}

function keyOf({ scope, name }: InspectedState): string {
  return `${scope} ${name}`
}

/** An operator that has state and names none of it has some that could not be read. */
function tellsStates({ states, bytesByKind }: InspectedOperator, scope: InspectedState['scope']): boolean {
  const bytes = scope === 'keyed' ? bytesByKind.managedKeyed : bytesByKind.managedOperator
  return bytes === 0 || states.some(state => state.scope === scope)
}

function changedState(from: InspectedState, to: InspectedState): StateDiff[] {
  const of = ({ serializers }: InspectedState, role: Serializer['for']) =>
    serializers.find(each => each.for === role)
  const typed = from.type !== undefined && to.type !== undefined
  const changes = [
    ...(typed ? changesOf(from, to, ['type']) : []),
    ...(['key', 'value', 'namespace'] as const).flatMap(role =>
      serializerChange(`serializers.${role}`, of(from, role), of(to, role)),
    ),
  ]
  return changes.length > 0 ? [{ name: to.name, scope: to.scope, change: 'changed', changes }] : []
}

/** Told only where both savepoints tell it. */
function serializerChange(path: string, from: Serializer | undefined, to: Serializer | undefined): Change[] {
  if (!from || !to) return []
  return from.snapshot === to.snapshot && from.version === to.version ? [] : [{ path, from, to }]
}

function changesOf<Value extends object>(
  from: Value,
  to: Value,
  paths: readonly (keyof Value & string)[],
): Change[] {
  return paths.flatMap(path => {
    const [was, is] = [from[path], to[path]]
    if (was === is) return []
    return [{ path, ...(was !== undefined && { from: was }), ...(is !== undefined && { to: is }) }]
  })
}
