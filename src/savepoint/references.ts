/** Where a file lies: a handle names it. */
export interface FilePath {
  readonly path: string
  /** It lies beside `_metadata`. */
  readonly relative: boolean
}

/** A file that handles name. */
export interface Reference extends FilePath {
  /** The largest that a handle says; several may share the file. */
  bytes: number | undefined
  references: number
}

/**
 * The files that handles name, each once. There may be hundreds of thousands, most of them in few directories, and their paths
 * would be most of the memory that a savepoint takes: a directory is kept once.
 */
export class References {
  readonly #files = new Map<number | string, KeptReference>()
  readonly #directories = new Map<string, string>()

  /** `hash`: of the path, or the path. */
  add(hash: number | string, file: FilePath, bytes: number | undefined): void {
    const first = this.#files.get(hash)
    if (first === undefined) this.#files.set(hash, this.#kept(file, bytes))
    else if (first.is(file)) first.add(bytes)
    else this.#addOther(file, bytes)
  }

  get all(): readonly Reference[] {
    return [...this.#files.values()]
  }

  /** Two paths have met in one hash. */
  #addOther(file: FilePath, bytes: number | undefined): void {
    const key = `${file.relative ? './' : ''}${file.path}`
    const known = this.#files.get(key)
    if (known === undefined) this.#files.set(key, this.#kept(file, bytes))
    else known.add(bytes)
  }

  #kept({ path, relative }: FilePath, bytes: number | undefined): KeptReference {
    const end = path.isWellFormed() ? path.lastIndexOf('/') + 1 : 0
    const start = path.slice(0, end)
    const directory = this.#directories.get(start) ?? copied(start)
    this.#directories.set(directory, directory)
    return new KeptReference(directory, end === 0 ? path : copied(path.slice(end)), relative, bytes)
  }
}

/** V8 keeps the whole of a text for a part of it. */
function copied(text: string): string {
  return Buffer.from(text).toString()
}

class KeptReference implements Reference {
  readonly relative: boolean
  bytes: number | undefined
  references = 1
  readonly directory: string
  readonly name: string

  constructor(directory: string, name: string, relative: boolean, bytes: number | undefined) {
    this.directory = directory
    this.name = name
    this.relative = relative
    this.bytes = bytes
  }

  get path(): string {
    return this.directory + this.name
  }

  is({ path, relative }: FilePath): boolean {
    const { directory, name } = this
    const same = relative === this.relative && path.length === directory.length + name.length
    return same && path.startsWith(directory) && path.endsWith(name)
  }

  add(bytes: number | undefined): void {
    this.references++
    if (bytes !== undefined) this.bytes = Math.max(bytes, this.bytes ?? 0)
  }
}
