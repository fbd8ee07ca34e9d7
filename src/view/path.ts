import { JSONPath } from 'jsonpath-plus'

/** A path of kubectl's JSONPath, ready to be looked up. */
export type Path = readonly string[]

/**
 * kubectl's spelling of a path (k8s.io/client-go/util/jsonpath) as the steps of jsonpath-plus: `.a`, `..a`, `.*`, `['a']`,
 * `[0]`, `[-1]`, `[0:2]`, `[0,1]`, `[?(@.state=="Completed")]`, a dot in a name as `\.`; `@` and `$` in front both mean the current value.
 * Throws an Error that says what is wrong.
 */
export function parsePath(text: string): Path {
  const steps: string[] = []
  let rest = text.replace(/^[@$]/, '')
  while (rest !== '') {
    const { step, length } = firstStep(rest, text)
    steps.push(step)
    rest = rest.slice(length)
    if (step === '..' && !rest.startsWith('[')) rest = `.${rest}`
  }
  checkFilters(steps)
  return steps
}

/** The step that `rest` begins with, and how much of it that is. */
function firstStep(rest: string, text: string): { step: string; length: number } {
  if (rest.startsWith('..')) return { step: '..', length: 2 }
  const [open] = /^\.?\[/.exec(rest) ?? []
  if (open !== undefined) {
    const end = closing(rest.slice(open.length))
    if (end < 0) throw new Error(`unterminated array in ${text}`)
    const length = open.length + end
    return { step: bracket(rest.slice(open.length, length).trim(), text), length: length + 1 }
  }
  const [dotted, name] = /^\.((?:\\.|[^.[\]\\\s])+)/.exec(rest) ?? []
  if (dotted === undefined || name === undefined) throw new Error(`unrecognized character in ${text}`)
  return { step: named(name.replace(/\\(.)/g, '$1')), length: dotted.length }
}

/** Every value at the path; none where there is nothing. */
export function lookUp(path: Path, value: unknown): unknown[] {
  if (path.length === 0) return [value]
  if (typeof value !== 'object' || value === null) return []
  const found: unknown = JSONPath({
    path: ['$', ...path],
    json: value,
    wrap: true,
    // Filters are the user's own words; even so they are only walked, never run.
    eval: 'safe',
    ignoreEvalErrors: true,
  })
  return Array.isArray(found) ? found : []
}

/** A backtick keeps jsonpath-plus from reading anything into a name. */
function named(name: string): string {
  return name === '*' ? '*' : `\`${name}`
}

/** Where the bracket ends that was opened before `text`, quotes and inner brackets skipped; -1: nowhere. */
function closing(text: string): number {
  let depth = 0
  for (const { 0: found, index } of text.matchAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[[\]]/g)) {
    if (found === '[') depth++
    if (found === ']' && depth-- === 0) return index
  }
  return -1
}

function bracket(inside: string, text: string): string {
  if (inside === '*') return '*'
  if (/^\?\(.*\)$/s.test(inside)) return inside
  const [, , quoted] = /^(["'])((?:(?!\1).)*)\1$/.exec(inside) ?? []
  if (quoted !== undefined) return named(quoted)
  if (/^-\d+$/.test(inside)) return inside === '-1' ? '-1:' : `${inside}:${Number(inside) + 1}`
  if (/^(\d+|-?\d*:-?\d*(:\d+)?|\d+(,\d+)+)$/.test(inside)) return inside
  if (/^(["'])[^"',]*\1(,\s*(["'])[^"',]*\3)+$/.test(inside)) return inside.replace(/["'\s]/g, '')
  throw new Error(`invalid array index [${inside}] in ${text}`)
}

/** A filter with a mistake in it must be found before a command does its work: jsonpath-plus tells only when it meets an element. */
function checkFilters(steps: Path): void {
  for (const filter of steps.filter(step => step.startsWith('?('))) lookUp([filter], [{}])
}
