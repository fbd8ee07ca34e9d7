import type { Fields } from '../domain/fields.ts'
import type { V1Document } from './document.ts'
import { lookUp, type Path, parsePath } from './path.ts'
import { cell } from './plain.ts'
import { shown } from './template.ts'

export interface CustomColumn {
  readonly head: string
  readonly path: Path
}

/** `NAME:.name,WHERE:{.location}`: kubectl's custom columns, the path with or without braces and leading dot. Throws an Error that says what is wrong. */
export function parseCustomColumns(spec: string): CustomColumn[] {
  if (spec === '') throw new Error('custom-columns format specified but no custom columns given')
  return split(spec).map(column => {
    const colon = column.indexOf(':')
    if (colon < 1 || colon === column.length - 1) {
      throw new Error(`unexpected custom-columns spec: ${column}, expected <header>:<json-path-expr>`)
    }
    return { head: column.slice(0, colon), path: parsePath(relaxed(column.slice(colon + 1))) }
  })
}

/** One row an item of a list, one for anything else; `<none>` where there is nothing. */
export function customRows(columns: readonly CustomColumn[], document: V1Document | Fields): string[][] {
  const values: readonly unknown[] =
    'items' in document && Array.isArray(document.items) ? document.items : [document]
  return values.map(value =>
    columns.map(({ path }) => cell(lookUp(path, value).map(shown).join(',')) || '<none>'),
  )
}

/** At commas that stand in no bracket and no quotes. */
function split(spec: string): string[] {
  return spec.match(/(?:"[^"]*"|'[^']*'|\[(?:"[^"]*"|'[^']*'|[^\]"'])*\]|[^,"'[])+/g) ?? [spec]
}

/** RelaxedJSONPathExpression of k8s.io/kubectl pkg/cmd/get: `{.a}`, `.a`, `{a}` and `a` all mean `.a`. */
function relaxed(path: string): string {
  const bare = path
    .trim()
    .replace(/^\{(.*)\}$/s, '$1')
    .trim()
  return /^[.[@$]/.test(bare) ? bare : `.${bare}`
}
