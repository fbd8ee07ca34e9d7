/** What a command in a pod said, and how it ended. */
export interface CommandEnd {
  readonly exitCode: number
  readonly stdout: Buffer
  /** Its beginning. */
  readonly stderr: string
}

/** Runs small commands in a JobManager's pod of one job, in the container that runs Flink. */
export interface PodShell {
  /**
   * The program and its arguments, which reach it as they are; it has no input. Throws a Failure where it cannot be run
   * there, or says more than `mostBytes`.
   */
  run(command: readonly string[], mostBytes: number): Promise<CommandEnd>
  /** Of the pod, for messages; undefined before the first command. */
  readonly pod: string | undefined
}
