import { load } from 'js-yaml'

/** PEM and JWT in base64, alone on a line behind their key: no YAML in them. */
const longValue = /^([\w -]+: )((?:LS0t|eyJ)[\w+/=.-]{100,})[ \t]*\r?$/gm
const mark = 'long-value-'

/**
 * YAML whose certificates and tokens are set aside while it is read. They are most of a kubeconfig, and js-yaml looks at each
 * character of them: at a start-up of 60 ms, V8 began to optimize that loop, which cost 6 ms for the certificate of one cluster.
 */
export function loadWithLongValues(text: string): unknown {
  const aside: string[] = []
  // What an anchor means is said once and may be meant a thousand times.
  if (text.includes(mark) || /[&*]/.test(text)) return load(text)
  const short = text.replace(longValue, (_, key, value) => `${key}${mark}${aside.push(value) - 1}.`)
  if (aside.length === 0) return load(text)
  return withValues(loadOr(short, text), aside)
}

/** What is wrong is told of the text as it is. */
function loadOr(short: string, text: string): unknown {
  try {
    return load(short)
  } catch {
    return load(text)
  }
}

function withValues(value: unknown, aside: readonly string[]): unknown {
  if (typeof value === 'string')
    return value.replace(/long-value-(\d+)\./g, (_, at) => aside[Number(at)] ?? '')
  if (Array.isArray(value)) return value.map(each => withValues(each, aside))
  if (!isMapping(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withValues(each, aside)]))
}

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
