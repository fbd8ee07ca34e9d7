/** What `stop --drain` does to the state (flink-runtime: MAX_WATERMARK is sent before the savepoint). */
export const drainRisk =
  'drain fires all timers and windows: what is started from this savepoint does not go on where the job was'
