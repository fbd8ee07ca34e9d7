import { stripVTControlCharacters } from 'node:util'

/** Everything that moves a cursor or turns text around: C0 but tab and newline, DEL, C1, bidi marks, overrides and isolates. */
const unsafe =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/** Text from elsewhere, made safe for a terminal: no escape sequences, no control characters, no bidi overrides. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(unsafe, '')
}

/** One table cell: cut at the first line break with `...`, as kubectl cuts it (tableprinter.go). */
export function cell(text: string): string {
  const cut = text.search(/[\f\n\r]/)
  const line = cut < 0 ? text : `${text.slice(0, cut)}...`
  return plain(line).replaceAll('\t', ' ')
}
