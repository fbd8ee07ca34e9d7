/**
 * What a Java stack trace has to say: its last `Caused by:`, else its first line, without class names. Never a stack line.
 * The operators cut the trace at 1,024 characters, so that its causes are often gone (seen on GCP tag -9 and Spotify v0.6).
 */
export function rootCause(trace: string): string {
  const lines = trace.split(/\r?\n/).map(line => line.trim())
  const cause = lines.filter(line => line.startsWith('Caused by: ')).at(-1)
  return withoutClassNames((cause ?? lines[0] ?? '').replace(/^Caused by: /, ''))
}

function withoutClassNames(line: string): string {
  return line.replace(
    /^(Savepoint error: )?((?:[a-z_$][\w$]*\.)+[A-Z][\w$]*(?:Exception|Error|Throwable): )*/,
    '',
  )
}
