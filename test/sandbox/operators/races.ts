/** What the operators do wrong now and then: how likely each is, 0 to 1. */
export interface Races {
  /**
   * A finished annotation take is taken again: a stale copy still carries the annotation. Only where the savepoint
   * needed more than one loop (seen on Spotify v0.6: 9 of 24).
   */
  readonly repeatedTake: number
  /** The annotation is removed and nothing was triggered (read in Spotify's flinkcluster_updater.go clearControlAnnotation). */
  readonly lostAnnotation: number
  /** The annotation is removed a moment before its own trigger id shows (seen on Spotify v0.6). */
  readonly earlyRemoval: number
  /** The submitter of a restore is deleted and never created again: the job is Lost (seen on Spotify v0.6: 4 of 17 busy, 1 of 6 idle). */
  readonly lostSubmitter: number
}

export const noRaces: Races = { repeatedTake: 0, lostAnnotation: 0, earlyRemoval: 0, lostSubmitter: 0 }

/** As often as on the real thing. */
export const observedRaces: Races = {
  repeatedTake: 0.375,
  lostAnnotation: 0,
  earlyRemoval: 0.05,
  lostSubmitter: 0.17,
}
