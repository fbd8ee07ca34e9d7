const longestLine = 4_096
const longestText = 1_024

/** A dotted class name with its colon, at the start of a line: `java.util.concurrent.CompletionException: `. */
const leadingClass = /^(?:[a-z_$][\w$]*\.)+[A-Z][\w$]*(?::\s+|:?$)/
/** The same in the middle of a line, where only a name that says what it is can be told from a host or a path. */
const innerClass = /(?<=\s)(?:[a-z_$][\w$]*\.)+[A-Z][\w$]*(?:Exception|Error|Throwable|Failure):\s+/g
/** All that the exceptions of java.nio.file say: which file (seen on Flink 1.18, a savepoint directory that is a file). */
const barePath = /^\/\S*$/
const stackLine = /^\s*(?:at\s+[\w$.<>/@]+\(|\.{3} \d+ (?:more|common frames omitted))/
const frame = /^(?:End of exception on server side>?|<?Exception on server side:)$/

/**
 * Why it failed, in one line: the last `Caused by:` of a Java stack trace without its class names, else the first
 * line. The outer exceptions only say that a savepoint failed (flink-runtime CheckpointCoordinator wraps every cause).
 */
export function rootCause(stackTrace: string): string | undefined {
  const lines = linesOf(stackTrace)
  const own = lines.filter(line => line.startsWith('Caused by: '))
  const all = own.length > 0 ? own : lines.filter(line => line.includes('Caused by: '))
  const last = all.at(-1)
  // Spotify v0.6 cuts status.savepoint.message at 1024 characters: a last line that is a bare class name may be half of one.
  if (last === undefined) return firstLine(stackTrace)
  const cut = last === lines.at(-1) && bare(afterCause(last)) === '' ? all.at(-2) : undefined
  return spoken(afterCause(cut ?? last))
}

/** The first line that says something, without class names. `errors[0]` of Flink >= 1.10 is a whole stack trace (flink-runtime AbstractHandler). */
export function firstLine(text: string): string | undefined {
  const line = linesOf(text)[0]
  return line === undefined ? undefined : spoken(line)
}

/**
 * The sentence by which Flink >= 1.15 says that stopping failed after the savepoint was complete, and the
 * savepoint's path in it (flink-runtime StopWithSavepointStoppingException).
 */
export function savepointDespite(stackTrace: string): { location: string; sentence: string } | undefined {
  for (const line of linesOf(stackTrace)) {
    const [, sentence, location] =
      /(A savepoint has been created at: (\S.*?), but the corresponding job .*)$/.exec(line) ?? []
    if (sentence && location) return { location, sentence: bounded(sentence) }
  }
  return undefined
}

function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map(line => line.slice(0, longestLine).trimEnd())
    .filter(line => line.trim() !== '' && !stackLine.test(line) && !frame.test(line.trim()))
}

function afterCause(line: string): string {
  return line.slice(line.lastIndexOf('Caused by: ') + 'Caused by: '.length)
}

/** A line as a person reads it; one that is nothing but class names keeps the last of them. */
function spoken(line: string): string {
  const text = bare(line)
  if (text !== '') return bounded(barePath.test(text) ? withClass(line, text) : text)
  const names = line.trim().split(/:\s*/).filter(Boolean)
  return bounded(names.at(-1) ?? line.trim())
}

/** Of the last of its class names, the part that says what is wrong: `FileAlreadyExistsException: /sp`. */
function withClass(line: string, text: string): string {
  const [, name] = /(\w+):\s*$/.exec(line.slice(0, line.lastIndexOf(text))) ?? []
  return name === undefined ? text : `${name}: ${text}`
}

function bare(line: string): string {
  let rest = line.trim()
  for (let name = leadingClass.exec(rest); name; name = leadingClass.exec(rest))
    rest = rest.slice(name[0].length)
  return rest.replace(innerClass, '').trim()
}

function bounded(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text
}
