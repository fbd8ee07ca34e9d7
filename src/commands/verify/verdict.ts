import { Failure, failure } from '../../domain/failure.ts'
import { shortName } from '../../domain/resource.ts'
import type { Verification } from '../../domain/verification.ts'
import { reasonsOf } from '../../verify/verification.ts'

/** A line for each that does not fit, or of which it is not known; undefined: all fit. What is not known is the worse of the two: there is no answer. */
export function verdict(verifications: readonly Verification[]): Failure | undefined {
  const failures = verifications.map(failureOf).filter(each => each !== undefined)
  const [first, ...more] = failures
  if (!first || more.length === 0) return first
  const code = failures.some(each => each.code === 'not-asked') ? 'not-asked' : first.code
  return new Failure(code, failures.map(({ message }) => message).join('\n'))
}

function failureOf(verification: Verification): Failure | undefined {
  const { result, job, savepoint } = verification
  const shown = shortName(job)
  if (result === 'Fits') return undefined
  if (!savepoint) return failure('no', `${shown} has no restart point`)
  const { location } = savepoint
  const why = reasonsOf(verification)
  return result === 'DoesNotFit'
    ? failure('no', `${shown} would not start from ${location}: ${why}`)
    : failure('not-asked', `it is not known whether ${shown} would start from ${location}: ${why}`)
}
