/**
 * Flink's own texts, as its REST API wraps them: a stack trace whose last `Caused by:` is the reason
 * (flink-runtime SerializedThrowable; seen on Flink 1.18.1).
 */
export interface FlinkThrowable {
  readonly class: string
  readonly 'stack-trace': string
  readonly 'serialized-throwable': string
}

/** The frames between the first line and the first cause are longer than what the operators keep (1024 characters). */
const frames = [
  'java.base/java.util.concurrent.CompletableFuture.encodeRelay(CompletableFuture.java:368)',
  'java.base/java.util.concurrent.CompletableFuture.completeRelay(CompletableFuture.java:377)',
  'java.base/java.util.concurrent.CompletableFuture$UniRelay.tryFire(CompletableFuture.java:1097)',
  'java.base/java.util.concurrent.CompletableFuture.postComplete(CompletableFuture.java:510)',
  'java.base/java.util.concurrent.CompletableFuture.completeExceptionally(CompletableFuture.java:2162)',
  'org.apache.flink.runtime.rpc.pekko.PekkoInvocationHandler.lambda$invokeRpc$1(PekkoInvocationHandler.java:261)',
  'java.base/java.util.concurrent.CompletableFuture.uniWhenComplete(CompletableFuture.java:863)',
  'java.base/java.util.concurrent.CompletableFuture$UniWhenComplete.tryFire(CompletableFuture.java:841)',
  'java.base/java.util.concurrent.CompletableFuture.postComplete(CompletableFuture.java:510)',
  'java.base/java.util.concurrent.CompletableFuture.completeExceptionally(CompletableFuture.java:2162)',
]

const trace = frames.map(frame => `\tat ${frame}`).join('\n')

/** A chain of `class: message` lines, the last being the reason. */
export function stackTrace(first: string, ...causes: string[]): string {
  return [first, ...causes.map(cause => `Caused by: ${cause}`)].map(line => `${line}\n${trace}`).join('\n')
}

/** `failure-cause` of a savepoint, as `/jobs/:jobid/savepoints/:triggerid` gives it. */
export function savepointFailure(checkpointMessage: string, ...causes: string[]): FlinkThrowable {
  const thrown = `org.apache.flink.runtime.checkpoint.CheckpointException: ${checkpointMessage}`
  return {
    class: 'java.util.concurrent.CompletionException',
    'stack-trace': stackTrace(`java.util.concurrent.CompletionException: ${thrown}`, thrown, ...causes),
    'serialized-throwable': '',
  }
}

/** The target directory cannot be created (flink-runtime FsCheckpointStorageAccess.initializeLocationForSavepoint). */
export function uncreatableDirectory(directory: string): FlinkThrowable {
  return savepointFailure(
    'An Exception occurred while triggering the checkpoint. IO-problem detected.',
    `java.io.IOException: Failed to create savepoint directory at ${directory}`,
  )
}

/** Tasks are still deploying (flink-runtime DefaultCheckpointPlanCalculator). */
export function tasksNotRunning(jobId: string): FlinkThrowable {
  return savepointFailure(
    `Checkpoint triggering task Source: Numbers (1/1) of job ${jobId} is not being executed at the moment. Aborting checkpoint. Failure reason: Not all required tasks are currently running.`,
  )
}

/** A job that could not start (`root-exception` of /jobs/:jobid/exceptions). */
export function jobMasterFailure(cause: string): string {
  return stackTrace(
    'org.apache.flink.util.FlinkException: JobMaster for job failed.',
    'org.apache.flink.runtime.client.JobInitializationException: Could not start the JobMaster.',
    `java.util.concurrent.CompletionException: java.lang.RuntimeException: ${cause}`,
    cause,
  )
}
