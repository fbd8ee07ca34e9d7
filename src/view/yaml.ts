import { dump } from 'js-yaml'
import { escaped, isUnsafe } from './json.ts'

/** js-yaml escapes control characters, but prints bidi ones as they are: then every text is quoted, so that they can be escaped. */
export function yaml(value: unknown): string {
  const options = { indent: 2, lineWidth: -1, noRefs: true }
  const text = dump(value, options)
  if (!isUnsafe(text)) return text
  return escaped(dump(value, { ...options, quoteStyle: 'double', forceQuotes: true }))
}
