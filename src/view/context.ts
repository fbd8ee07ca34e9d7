/** What a table needs to know besides the value. */
export interface Context {
  /** Epoch milliseconds; ages are counted from it. */
  readonly now: number
  readonly colour: boolean
  readonly noHeaders: boolean
  readonly allNamespaces: boolean
}
