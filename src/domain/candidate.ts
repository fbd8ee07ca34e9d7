/** A word that may stand at the cursor, and what a person should know of it. */
export interface Candidate {
  readonly word: string
  readonly description?: string
}
