import { stripVTControlCharacters } from 'node:util'
import { withoutControls } from '../domain/controls.ts'

/** As nearly all of it is: then the long expressions of what is not need not even be compiled. */
const printable = /^[ -~]*$/

/** Text from elsewhere, made safe for a terminal: no escape sequences, no control characters, no bidi overrides. */
export function plain(text: string): string {
  return printable.test(text) ? text : withoutControls(stripVTControlCharacters(text))
}

/** One table cell: cut at the first line break with `...`, as kubectl cuts it (tableprinter.go). */
export function cell(text: string): string {
  const cut = text.search(/[\f\n\r]/)
  const line = cut < 0 ? text : `${text.slice(0, cut)}...`
  return plain(line).replaceAll('\t', ' ')
}
