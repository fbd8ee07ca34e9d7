import * as w from './writer.ts'

const id = '00112233445566778899aabbccddeeff'

/** A savepoint with every kind of handle that a version has. */
export function everything(version: number): Buffer {
  const keyed = [
    w.keyGroups(3, w.inline(w.keyedDescription({ count: 'VALUE', '_timer_state/event': 'TIMERS' }))),
    w.keyGroups(7, w.relative('a', 5)),
    w.keyGroups(12, w.nested(w.absolute('file:/a', 5))),
    w.incremental(5, w.relative('meta', 1), [w.absolute('file:/s', 2)], [w.inline(Buffer.alloc(3))]),
    w.incremental(11, w.inline(w.keyedDescription({ seen: 'MAP' })), [], [w.relative('b', 3)]),
    w.changelog(
      8,
      [w.keyGroups(3, w.segment('file:/m', 0, 9))],
      [w.changesInFiles(10, [w.absolute('file:/c', 6)], 7)],
    ),
    w.changelog(
      14,
      [],
      [w.changesInMemory([[-1, w.keyedState('late', 'LIST')]]), w.changesInFiles(13, [], 7)],
    ),
  ]
  const managedOperator = w.operatorHandle({ rules: 2, list: 0 }, w.inline(w.broadcastState('rules')))
  const rawOperator = w.mergedOperatorHandle({ raw: 0 }, w.emptySegment)
  const channels = version < 3 ? [] : [w.channel(version, 1, 5, w.relative('in-flight', 5))]
  const merged = (type: 3 | 4) => (version < 6 ? [] : [w.mergedChannel(type, 5, w.relative('merged', 5))])
  const subtasks = keyed.map(managedKeyed => ({
    ...{ managedOperator, rawOperator, managedKeyed, rawKeyed: w.keyGroups(3, w.inline(Buffer.alloc(9))) },
    ...{ input: [...channels, ...merged(3)], output: [...merged(4)] },
  }))
  const coordinator = version < 3 ? {} : { coordinator: w.inline(Buffer.alloc(16)) }
  return w.metadataOf({
    version,
    masters: ['hook'],
    operators: [
      { id, name: 'Count', uid: 'count', parallelism: keyed.length, subtasks, ...coordinator },
      { id, subtasks: version < 3 ? [] : ['finished'] },
    ],
  })
}
