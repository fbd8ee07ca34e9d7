import type { InspectedFile } from '../domain/inspection.ts'
import type { Reference } from './references.ts'

/** A file that a savepoint needs. Its paths are put together when they are asked for: of many files they would take much memory. */
export class NeededFile implements Omit<InspectedFile, 'state'> {
  readonly #reference: Reference
  readonly #directory: string

  constructor(reference: Reference, directory: string) {
    this.#reference = reference
    this.#directory = directory
  }

  get path(): string {
    return this.#reference.path
  }

  get location(): string {
    const { path, relative } = this.#reference
    return relative ? `${this.#directory}/${path}` : path
  }

  get sizeBytes(): number | undefined {
    return this.#reference.bytes
  }

  get references(): number {
    return this.#reference.references
  }
}

type Found = Pick<InspectedFile, 'state' | 'reason' | 'foundBytes'>

/** The same file, once it was looked for. */
export class FoundFile implements InspectedFile {
  readonly state: InspectedFile['state']
  readonly reason: string | undefined
  readonly foundBytes: number | undefined
  readonly #needed: NeededFile

  constructor(needed: NeededFile, { state, reason, foundBytes }: Found) {
    this.#needed = needed
    this.state = state
    this.reason = reason
    this.foundBytes = foundBytes
  }

  get path(): string {
    return this.#needed.path
  }

  get location(): string {
    return this.#needed.location
  }

  get sizeBytes(): number | undefined {
    return this.#needed.sizeBytes
  }

  get references(): number {
    return this.#needed.references
  }

  /** For JSON.stringify, which sees no getters. */
  toJSON(): object {
    const { path, location, sizeBytes, references, state, reason, foundBytes } = this
    return { path, location, sizeBytes, references, state, reason, foundBytes }
  }
}
