import { Failure } from '../../domain/failure.ts'

/** The reason why nothing was changed. The server's own words stay as they are, since kubectl's users know them; ours begin with what matters most. */
export function nothingChanged(reason: Failure, ...remedies: string[]): Failure {
  if (reason.uncertain) return reason
  const { code, message, hints, status, cause } = reason
  const ours = message.startsWith('error: ')
  const text = ours ? message.replace('error: ', 'error: nothing was changed: ') : message
  const after = ours ? [] : ['nothing was changed']
  return new Failure(code, text, {
    hints: [...hints, ...after, ...remedies],
    cause,
    ...(status && { status }),
  })
}

/** The safety savepoint was not taken. */
export function nothingSaved(reason: Failure): Failure {
  const remedies = reason.code === 'interrupted' ? [] : ['to restore without it: --safety-savepoint=false']
  return nothingChanged(reason, ...remedies)
}
