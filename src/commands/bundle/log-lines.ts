/** What a line of an operator's log may name, so that it is about a job. */
export interface LoggedJob {
  readonly namespace: string
  readonly name: string
  /** Of the object, of the Flink job, of triggers. */
  readonly ids: readonly string[]
}

/** A stack trace stays with the line that it is of, up to here. */
const longestTrace = 60

/** Chooses the lines that are about the job, one after the other, and the stack traces below them. */
export function linesAbout({ namespace, name, ids }: LoggedJob): (line: string) => boolean {
  const namesIt = new RegExp(
    `(?:(?<namespace>[a-z0-9-]+)[/.])?(?<![\\w-])${escaped(name)}(?![\\w]|-[\\w])`,
    'g',
  )
  const isAbout = (line: string) =>
    ids.some(id => line.includes(id)) ||
    [...line.matchAll(namesIt)].some(({ groups }) => (groups?.['namespace'] ?? namespace) === namespace)
  let follow = 0
  return line => {
    if (isAbout(line)) {
      follow = longestTrace
      return true
    }
    if (!isTrace(line)) follow = 0
    return follow-- > 0
  }
}

/** Below the line that logged it; a stack trace of Go or Java. */
function isTrace(line: string): boolean {
  return /^(\s|at |Caused by: |\.\.\. \d+ more|goroutine \d+|[\w$.]+(Exception|Error)\b)/.test(line)
}

function escaped(text: string): string {
  return text.replace(/[^\w]/g, '\\$&')
}
