import { existsSync, readFileSync } from 'node:fs'
import { type Fields, fieldsAt, isFields, textAt } from '../../../src/domain/fields.ts'

const folder = new URL('../../../../shared/traces/', import.meta.url)

export const tracesAreHere = existsSync(folder)

export type TraceRecord =
  | { readonly is: 'object'; readonly object: Fields }
  | { readonly is: 'deleted' }
  | { readonly is: 'command'; readonly command: Command; readonly exitCode: number; readonly output: string }
  | { readonly is: 'note'; readonly text: string }

/** What kubectl was told to do, as far as it changes something. */
export type Command =
  | { readonly do: 'create' | 'delete' }
  | { readonly do: 'patch'; readonly patch: Fields; readonly subresource: string }

/** One recording of a real operator, line by line; Events and REST are left out. */
export function readTrace(name: string): TraceRecord[] {
  const lines = readFileSync(new URL(`${name}.jsonl`, folder), 'utf8')
    .split('\n')
    .filter(Boolean)
  return lines.map(line => JSON.parse(line) as Fields).flatMap(recordOf)
}

function recordOf(line: Fields): TraceRecord[] {
  switch (line['src']) {
    case 'flinkcluster':
      return [
        line['type'] === 'DELETED' ? { is: 'deleted' } : { is: 'object', object: fieldsAt(line, 'object') },
      ]
    case 'note':
      return [{ is: 'note', text: textAt(line, 'text') ?? '' }]
    case 'action': {
      const command = commandOf(textAt(line, 'cmd') ?? '')
      if (command === undefined) return []
      return [{ is: 'command', command, exitCode: Number(line['rc']), output: textAt(line, 'out') ?? '' }]
    }
    default:
      return []
  }
}

function commandOf(text: string): Command | undefined {
  if (text.startsWith('kubectl apply')) return { do: 'create' }
  if (text.startsWith('kubectl delete')) return { do: 'delete' }
  const [, key, value] = /^kubectl annotate \S+ \S+ (\S+?)=(\S+)/.exec(text) ?? []
  if (key) return { do: 'patch', patch: { metadata: { annotations: { [key]: value } } }, subresource: '' }
  const patch: unknown = JSON.parse(/^kubectl patch .* -p '(.*?)'/.exec(text)?.[1] ?? 'null')
  const subresource = /--subresource=(\S+)/.exec(text)?.[1] ?? ''
  return isFields(patch) ? { do: 'patch', patch, subresource } : undefined
}
