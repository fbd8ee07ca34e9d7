import { json } from './json.ts'
import { lookUp, type Path, parsePath } from './path.ts'
import { plain } from './plain.ts'

type Node =
  | { readonly text: string }
  | { readonly path: Path }
  | { readonly range: Path; readonly body: readonly Node[] }

/**
 * A template of kubectl's `-o jsonpath`: text, `{paths}`, `{"text\n"}` and `{range path}…{end}`. Throws an Error that says what is wrong
 * with it; gives the function that fills it in.
 */
export function parseTemplate(template: string): (value: unknown) => string {
  const parts = partsOf(template)
  const nodes = nodesUpTo(parts, undefined)
  return value => nodes.map(node => fill(node, value)).join('')
}

function fill(node: Node, value: unknown): string {
  if ('text' in node) return node.text
  if ('path' in node) return lookUp(node.path, value).map(shown).join(' ')
  return lookUp(node.range, value)
    .map(element => node.body.map(inner => fill(inner, element)).join(''))
    .join('')
}

/** Text from the cluster goes to a terminal here: only what the template itself says may hold control characters. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? json(value, 0) : plain(String(value))
}

/** Text and actions in turn; an action is what stands between braces. */
function partsOf(template: string): (Node | { action: string })[] {
  const parts: (Node | { action: string })[] = []
  let rest = template
  while (rest !== '') {
    const open = rest.indexOf('{')
    const text = open < 0 ? rest : rest.slice(0, open)
    if (text !== '') parts.push({ text })
    if (open < 0) break
    const [action] = /^\{(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^"'}])*\}/s.exec(rest.slice(open)) ?? []
    if (action === undefined) throw new Error('unclosed action')
    parts.push({ action: action.slice(1, -1).trim() })
    rest = rest.slice(open + action.length)
  }
  return parts
}

/** Takes parts off the front, up to the `{end}` of the range they stand in, or to the last. */
function nodesUpTo(parts: (Node | { action: string })[], range: string | undefined): Node[] {
  const nodes: Node[] = []
  for (let part = parts.shift(); part; part = parts.shift()) {
    if (!('action' in part)) nodes.push(part)
    else if (part.action !== 'end') nodes.push(actionNode(part.action, parts))
    else if (range !== undefined) return nodes
    else throw new Error('not in range, nothing to end')
  }
  if (range !== undefined) throw new Error('unclosed range')
  return nodes
}

function actionNode(action: string, parts: (Node | { action: string })[]): Node {
  const [, range] = /^range\s+(.+)$/s.exec(action) ?? []
  if (range !== undefined) return { range: parsePath(range.trim()), body: nodesUpTo(parts, range) }
  if (/^["']/.test(action)) return { text: unquoted(action) }
  if (/^[A-Za-z]/.test(action)) throw new Error(`unrecognized identifier ${action}`)
  return { path: parsePath(action) }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', e: '\u001b', 0: '\0' }

function unquoted(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/gs, (_, letter: string) => escapes[letter] ?? letter)
}
