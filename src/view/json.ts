/** What JSON.stringify leaves as it is and a terminal may not: DEL, C1 controls, line separators, bidi controls. */
const unsafe = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/** Indented as kubectl indents. The data is whole: what could steer a terminal is escaped, not dropped. */
export function json(value: unknown, indent = 4): string {
  return escaped(JSON.stringify(value, undefined, indent))
}

/** Only right inside quotes, which is the only place where such a character can be. */
export function escaped(text: string): string {
  return text.replace(unsafe, found => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

export function isUnsafe(text: string): boolean {
  return text.search(unsafe) >= 0
}
