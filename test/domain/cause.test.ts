import assert from 'node:assert/strict'
import { firstLine, rootCause, savepointDespite } from '../../src/domain/cause.ts'

const stack = '\tat org.apache.flink.runtime.checkpoint.CheckpointCoordinator.f(CheckpointCoordinator.java:7)'

function trace(...lines: string[]): string {
  return lines.flatMap(line => [line, stack, stack]).join('\n')
}

const uncreatable = trace(
  'java.util.concurrent.CompletionException: org.apache.flink.runtime.checkpoint.CheckpointException: An Exception occurred while triggering the checkpoint. IO-problem detected.',
  'Caused by: org.apache.flink.runtime.checkpoint.CheckpointException: An Exception occurred while triggering the checkpoint. IO-problem detected.',
  'Caused by: java.io.IOException: Failed to create savepoint directory at s3://bucket/sp',
)

const causes: readonly [what: string, text: string, cause: string | undefined][] = [
  ['the last cause', uncreatable, 'Failed to create savepoint directory at s3://bucket/sp'],
  [
    'the cause behind a serialized throwable',
    trace(
      'org.apache.flink.util.SerializedThrowable: outer',
      'Caused by: org.apache.flink.util.SerializedThrowable: java.nio.file.AccessDeniedException: sp: Access Denied (Service: Amazon S3; Status Code: 403)',
    ),
    'sp: Access Denied (Service: Amazon S3; Status Code: 403)',
  ],
  [
    'a message without causes, from its class names',
    trace(
      'java.util.concurrent.CompletionException: org.apache.flink.runtime.checkpoint.CheckpointException: Checkpoint expired before completing.',
    ),
    'Checkpoint expired before completing.',
  ],
  [
    'a name of a host that begins the message',
    'Caused by: java.net.UnknownHostException: minio.default.svc: Name or service not known',
    'minio.default.svc: Name or service not known',
  ],
  [
    'the class itself where it says nothing',
    trace('java.lang.RuntimeException: x', 'Caused by: java.lang.NullPointerException'),
    'java.lang.NullPointerException',
  ],
  [
    'the class with a message that is only a path',
    trace('java.io.IOException: x', 'Caused by: java.nio.file.FileAlreadyExistsException: /data/sp'),
    'FileAlreadyExistsException: /data/sp',
  ],
  [
    'an inner class of a shaded library',
    'Caused by: org.apache.flink.shaded.netty4.io.netty.channel.AbstractChannel$AnnotatedConnectException: Connection refused: jm/10.0.0.1:6123',
    'Connection refused: jm/10.0.0.1:6123',
  ],
  [
    'not the cause of a suppressed exception',
    trace(
      'java.io.IOException: outer',
      'Caused by: java.io.IOException: No space left on device',
      '\tSuppressed: java.io.IOException: while closing',
      '\tCaused by: java.io.IOException: of the suppressed one',
    ),
    'No space left on device',
  ],
  [
    'an operator’s message with its own words in front',
    'Savepoint error: java.util.concurrent.CompletionException: org.apache.flink.runtime.checkpoint.CheckpointException: An Exception occurred while triggering the checkpoint. IO-problem detected.\n\tat org.apache.flink.x(Y.ja',
    'Savepoint error: An Exception occurred while triggering the checkpoint. IO-problem detected.',
  ],
  [
    'the cause before one that was cut off in the middle of its class',
    trace('a.b.C: x', 'Caused by: java.io.IOException: disk is full') +
      '\nCaused by: org.apache.flink.runtime.Check',
    'disk is full',
  ],
  ['a plain sentence as it is', 'Task has failed.', 'Task has failed.'],
  [
    'the first line that is not a stack line',
    `${stack}\n\t... 12 more\nCheckpoint was declined.`,
    'Checkpoint was declined.',
  ],
  ['nothing of nothing', '\n \n', undefined],
  ['nothing of stack lines alone', trace().concat(stack), undefined],
]

describe('the cause of a failure', () => {
  for (const [what, text, cause] of causes) {
    it(`is ${what}`, () => assert.equal(rootCause(text), cause))
  }

  it('is bounded, and found at once in a hostile text', () => {
    const cause = rootCause(`Caused by: ${'a.'.repeat(2_000_000)} ${'A'.repeat(2_000_000)}`)
    assert.equal(cause?.length, 1_024)
  })

  it('is known for each of Flink’s texts', () => {
    const texts = [
      'Config key [state.savepoints.dir] is not set. Property [target-directory] must be provided.',
      "No savepoint directory configured. You can either specify a directory while cancelling via -s :targetDirectory or configure a cluster-wide default via key 'state.savepoints.dir'.",
      'Unable to get JobMasterGateway for initializing job. The requested operation is not available while the JobManager is initializing.',
      'Checkpoint triggering task Source: Numbers (1/1) of job 29a0271b9fa5d4b5c5bd54e94487087a is not being executed at the moment. Aborting checkpoint. Failure reason: Not all required tasks are currently running.',
      'Some tasks of the job have already finished and checkpointing with finished tasks is not enabled. Failure reason: Not all required tasks are currently running.',
      'The Flink job is currently not executing.',
      'Checkpoint Coordinator is suspending.',
      'CheckpointCoordinator shutdown.',
      'Could not finalize the pending checkpoint 7. Failure reason: Failure to finalize checkpoint.',
      "Could not find a file system implementation for scheme 's3'. The scheme is directly supported by Flink through the following plugin(s): flink-s3-fs-hadoop, flink-s3-fs-presto.",
      'The maximum number of queued checkpoint requests exceeded',
      'Job 29a0271b9fa5d4b5c5bd54e94487087a is not a streaming job.',
      'There is no savepoint operation with triggerId=00000000000000000000000000000001 for job 29a0271b9fa5d4b5c5bd54e94487087a.',
      'Operation not found under key: org.apache.flink.runtime.rest.handler.job.AsynchronousJobOperationKey@1b2c3d4e',
    ]
    const said = texts.map(text =>
      rootCause(
        trace(
          'java.util.concurrent.CompletionException: outer',
          `Caused by: org.apache.flink.runtime.checkpoint.CheckpointException: ${text}`,
        ),
      ),
    )
    assert.deepEqual(said, texts)
  })
})

describe('the first line of an error', () => {
  const lines: readonly [text: string, line: string | undefined][] = [
    [
      'org.apache.flink.runtime.rest.handler.RestHandlerException: Job not found\n\tat a.b.C.d(C.java:1)',
      'Job not found',
    ],
    ['Job not found', 'Job not found'],
    ['Not found: /jobs/x', 'Not found: /jobs/x'],
    [
      '<Exception on server side:\njava.lang.IllegalStateException: no\n\tat a.B.c(B.java)\nEnd of exception on server side>',
      'no',
    ],
    ['java.lang.NullPointerException\n\tat a.b.C.d(C.java:1)', 'java.lang.NullPointerException'],
    ['', undefined],
  ]
  for (const [text, line] of lines) {
    it(`is ${JSON.stringify(line)} of ${JSON.stringify(text.slice(0, 40))}`, () =>
      assert.equal(firstLine(text), line))
  }
})

describe('a stop that failed after its savepoint was complete', () => {
  const sentence =
    'A savepoint has been created at: s3://bucket/sp/savepoint-29a027-02993b31c01c, but the corresponding job 29a0271b9fa5d4b5c5bd54e94487087a failed during stopping. The savepoint is consistent, but might have uncommitted transactions.'

  it('names the savepoint', () => {
    const text = trace(
      `java.util.concurrent.CompletionException: org.apache.flink.runtime.scheduler.stopwithsavepoint.StopWithSavepointStoppingException: ${sentence}`,
      'Caused by: java.lang.Exception: Task failed',
    )
    assert.deepEqual(savepointDespite(text), {
      location: 's3://bucket/sp/savepoint-29a027-02993b31c01c',
      sentence,
    })
  })

  it('is not seen in another failure', () => assert.equal(savepointDespite(uncreatable), undefined))
})
