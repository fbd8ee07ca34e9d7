import type { Fields } from '../domain/fields.ts'

/** What JSON.stringify leaves as it is and a terminal may not: DEL, C1 controls, line separators, bidi controls. */
const unsafe = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/** Indented as kubectl indents. The data is whole: what could steer a terminal is escaped, not dropped. */
export function json(value: unknown, indent = 4): string {
  return escaped(JSON.stringify(value, undefined, indent))
}

/** So many items of a long list are made to text at once. */
const itemsAtOnce = 1_000

/** The same text as of `json`, piece by piece: of a list in the document that may be longer than memory bears as one text. */
export function* jsonPieces(document: Fields, list: string): Generator<string> {
  const items = document[list]
  if (!Array.isArray(items) || items.length <= itemsAtOnce) {
    yield json(document)
    return
  }
  const without = json({ ...document, [list]: [] })
  const empty = `\n    ${JSON.stringify(list)}: []`
  const end = without.indexOf(empty) + empty.length - 1
  yield without.slice(0, end)
  for (let at = 0; at < items.length; at += itemsAtOnce) {
    // Between the brackets of the list, one level deeper.
    const lines = json(items.slice(at, at + itemsAtOnce))
      .slice(1, -2)
      .replaceAll('\n', '\n    ')
    yield at === 0 ? lines : `,${lines}`
  }
  yield `\n    ${without.slice(end)}`
}

/** Only right inside quotes, which is the only place where such a character can be. */
export function escaped(text: string): string {
  return text.replace(unsafe, found => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

export function isUnsafe(text: string): boolean {
  return text.search(unsafe) >= 0
}
