/** Node's `ENOENT: no such file or directory, open 'x'`, without what is said already. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.replace(/^[A-Z]+: /, '').replace(/, \w+(?: '.*')?$/, '')
}
