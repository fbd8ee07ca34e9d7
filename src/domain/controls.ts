/** Everything that moves a cursor or turns text around: C0 but tab and newline, DEL, C1, bidi marks, overrides and isolates. */
const unsafe =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/** A text that moves nothing on a terminal; what belonged to an escape sequence and is plain stays. */
export function withoutControls(text: string): string {
  return text.replace(unsafe, '')
}
