import type { InspectedFile } from '../domain/inspection.ts'
import type { VerificationCheck } from '../domain/verification.ts'

/** Are all files there that the savepoint needs? undefined: they were not to be looked for. */
export function filesCheck(files: readonly InspectedFile[]): VerificationCheck {
  const of = (state: InspectedFile['state']) => files.filter(file => file.state === state)
  const [missing, wrong, unknown] = [of('missing'), of('wrong size'), of('unknown')]
  const check = 'Files'
  const [bad] = [...missing, ...wrong]
  if (bad) {
    const what = [
      ...(missing.length > 0 ? [`${missing.length} missing`] : []),
      ...(wrong.length > 0 ? [`${wrong.length} of the wrong size`] : []),
    ]
    return {
      check,
      result: 'Fails',
      message: `of ${files.length} files that it needs, ${what.join(' and ')}: ${bad.location}`,
    }
  }
  const [lost] = unknown
  if (lost)
    return {
      check,
      result: 'Unknown',
      message: `of ${files.length} files that it needs, ${unknown.length} could not be looked for${lost.reason === undefined ? '' : `: ${lost.reason}`}`,
    }
  if (files.length === 0) return { check, result: 'Holds', message: 'it needs no file but _metadata' }
  const all =
    files.length === 1 ? 'the 1 file that it needs is' : `all ${files.length} files that it needs are`
  return { check, result: 'Holds', message: `${all} there` }
}
