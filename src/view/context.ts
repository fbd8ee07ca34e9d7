/** What a table needs to know besides the value. */
export interface Context {
  /** Epoch milliseconds; ages are counted from it. */
  readonly now: number
  readonly colour: boolean
  /** Somebody looks at it as it is printed: bars help there, and are in the way of a script. */
  readonly terminal?: boolean
  /** Of that terminal. */
  readonly columns?: number
  readonly noHeaders: boolean
  readonly allNamespaces: boolean
  /** Set while somebody watches. */
  readonly above?: Above
}

/** What has been printed already: rows that come later stand below it, and it is kept up with them. */
export interface Above {
  widths: readonly number[]
  documents: number
}
