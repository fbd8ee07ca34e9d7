import { type Failure, failure } from '../domain/failure.ts'

/** A wrong command line, with kubectl's line on where to read more. `command` is empty for the plugin itself. */
export function usage(text: string, command: string): Failure {
  return failure('usage', text, `See '${commandLine(command, '--help')}' for usage.`)
}

/** `kubectl flinksp take --help`. */
export function commandLine(...words: string[]): string {
  return ['kubectl flinksp', ...words.filter(word => word !== '')].join(' ')
}
