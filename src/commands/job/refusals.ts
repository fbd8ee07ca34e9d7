import { Failure } from '../../domain/failure.ts'

// Where a command looks at several jobs, one that cannot be read does not keep it from the others.

/** The reason why one could not be read, instead of it; what is no such reason ends the command. */
export function orRefusal(error: unknown): Failure {
  if (error instanceof Failure && error.code === 'not-asked') return error
  throw error
}

/** Both, a line each, with the exit code of the worse one: what could not be read is worse than a no. */
export function worst(one: Failure | undefined, other: Failure | undefined): Failure | undefined {
  if (!one || !other) return one ?? other
  const code = [one, other].some(each => each.code === 'not-asked') ? 'not-asked' : one.code
  return new Failure(code, `${one.message}\n${other.message}`, { hints: [...one.hints, ...other.hints] })
}
