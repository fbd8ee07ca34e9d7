const exceptions = 'org.apache.flink.kubernetes.operator.exception'

/** status.error is JSON of an exception and its causes (FlinkResourceException.java). */
export function errorText(
  type:
    | 'ReconciliationException'
    | 'UpgradeFailureException'
    | 'DeploymentFailedException'
    | 'ValidationException',
  message: string,
  more: { readonly reason?: string; readonly causes?: readonly string[] } = {},
): string {
  const { reason, causes = [] } = more
  return JSON.stringify({
    type: `${exceptions}.${type}`,
    message,
    additionalMetadata: reason === undefined ? {} : { reason },
    throwableList: causes.map(cause => ({ type: 'java.util.concurrent.ExecutionException', message: cause })),
  })
}

/** What of a failed savepoint the operator passes on: the first exception, the root cause not (seen on 1.15.0). */
export function toldOf(stackTrace: string): string {
  return `java.util.concurrent.CompletionException: ${stackTrace.split('\n')[0] ?? ''}`
}
