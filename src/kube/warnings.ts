import type { IncomingHttpHeaders } from 'node:http'

/** `Warning: 299 - "text"` headers as kubectl prints them: apimachinery pkg/util/net ParseWarningHeaders. */
export function warningsIn(headers: IncomingHttpHeaders, warn: (text: string) => void): void {
  const header = headers['warning']
  if (header === undefined) return
  for (const [, code, text] of String(header).matchAll(/(\d{3}) [^\s"]+ "((?:[^"\\]|\\.)*)"/g)) {
    if (code === '299' && text) warn(`Warning: ${text.replace(/\\(.)/g, '$1')}`)
  }
}
