/** How Go's os package words an error of the file system: `open /x: no such file or directory`. */
export function goFileError(operation: 'open' | 'stat' | 'read', path: string, error: unknown): string {
  return `${operation} ${path}: ${errnoText(codeOf(error))}`
}

/** The `code` of a Node error (`ENOENT`, `ERR_TLS_…`), or an empty text. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : ''
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** A text as Go's %q prints it, near enough: JSON's quoting differs only in how it spells control characters. */
export function quoted(text: string): string {
  return JSON.stringify(text)
}

function errnoText(code: string): string {
  return errnoTexts[code] ?? code
}

const errnoTexts: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  ELOOP: 'too many levels of symbolic links',
  EMFILE: 'too many open files',
}
