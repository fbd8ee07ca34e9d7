import { plain } from './plain.ts'

/** `  - ` and a text each, as `kubectl describe` lists them. */
export function items(texts: readonly string[]): string {
  return texts.map(text => `  - ${item(text)}\n`).join('')
}

/** A line of a list stays one item where the text has several lines. */
export function item(text: string): string {
  return plain(text).trimEnd().replaceAll('\n', '\n     ')
}

/** `Name:   value` lines under each other, as `kubectl describe` has them; what has no value is left out. */
export function fields(lines: readonly (readonly [name: string, value: string | undefined])[]): string {
  const told = lines.filter((line): line is [string, string] => line[1] !== undefined)
  const width = Math.max(...told.map(([name]) => name.length)) + ':  '.length
  return told.map(([name, value]) => `${`${name}:`.padEnd(width)}${value}\n`).join('')
}

/** A headed list; where there is nothing to list, `<none>` or (undefined) nothing at all. */
export function list(name: string, texts: readonly string[], none: '<none>' | undefined): string {
  if (texts.length > 0) return `${name}:\n${items(texts)}`
  return none === undefined ? '' : `${name}:  ${none}\n`
}
