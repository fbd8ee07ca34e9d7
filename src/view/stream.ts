import type { Printable } from '../domain/printable.ts'
import type { Above, Context } from './context.ts'
import { type Format, isForMachines } from './format.ts'
import { render } from './index.ts'

/**
 * What comes while somebody watches. Rows stand below those before; programs get each thing of a list as a document of its
 * own, as from kubectl get --watch.
 */
export async function renderNext(
  printable: Printable,
  format: Format,
  context: Context & { readonly above: Above },
): Promise<string> {
  if (!isForMachines(format) || format.name === 'custom-columns') return render(printable, format, context)
  let text = ''
  for (const one of itemsOf(printable)) {
    const divider = format.name === 'yaml' && context.above.documents > 0 ? '---\n' : ''
    text += `${divider}${await render(one, format, context)}`
    context.above.documents++
  }
  return text
}

function itemsOf(printable: Printable): readonly Printable[] {
  if (printable.kind === 'SavepointList')
    return printable.value.items.map(value => ({ kind: 'Savepoint', value }))
  if (printable.kind === 'JobStatusList')
    return printable.value.items.map(value => ({ kind: 'JobStatus', value }))
  return [printable]
}

/** The same until the signal: whoever reads us may stop reading (`| head`), and kubectl ends then too. */
export async function* untilUnread<T>(stream: AsyncIterable<T>, unread?: AbortSignal): AsyncGenerator<T> {
  const pieces = stream[Symbol.asyncIterator]()
  const { promise: ended, resolve: end } = Promise.withResolvers<undefined>()
  const stop = () => end(undefined)
  unread?.addEventListener('abort', stop, { once: true })
  try {
    while (!unread?.aborted) {
      const coming = pieces.next()
      // Nobody waits for it any more once nobody reads.
      coming.catch(() => undefined)
      const next = await Promise.race([coming, ended])
      if (next === undefined || next.done) return
      yield next.value
    }
  } finally {
    unread?.removeEventListener('abort', stop)
  }
}
