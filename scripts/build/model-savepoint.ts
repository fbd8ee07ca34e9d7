import * as w from '../../test/savepoint/writer.ts'

/** A small `_metadata` with handles of the usual kinds: state that is held in it, files beside it and elsewhere. */
export function modelSavepoint(): Buffer {
  const described = w.inline(
    w.keyedDescription({ total: 'VALUE', list: 'LIST', '_timer_state/event': 'TIMERS' }),
  )
  const files = [w.relative('shared', 2048), w.absolute('s3://bucket/shared/state', 4096)]
  const subtasks = [
    { managedOperator: w.operatorHandle({ offsets: 0 }, w.inline(Buffer.alloc(64))) },
    { managedKeyed: w.keyGroups(3, described) },
    { managedKeyed: w.incremental(11, described, files, files) },
  ]
  return w.metadataOf({
    version: 5,
    properties: w.properties('SavepointType', 'Savepoint', 'CANONICAL'),
    operators: [1, 2, 3].map(number => ({
      id: String(number).repeat(32),
      name: `operator ${number}`,
      subtasks,
    })),
  })
}
