import type { ConnectionOptions } from './connection.ts'
import type { Person, World } from './ports.ts'

/** What of the command line the world depends on. Nothing is contacted before a command asks for it. */
export interface WorldWish {
  /** `take` */
  readonly command: string
  readonly connection: ConnectionOptions
  readonly restUrl?: string
  readonly person: Person
  /** Given where nobody is there who could be asked to log in: everything ends when it is aborted. */
  readonly unattended?: AbortSignal
}

/** Open until it is closed. */
export interface OpenWorld extends World {
  /** Ends every connection. */
  close(): Promise<void>
}

/** How the program gets at its world, once the command line is read. */
export type MakeWorld = (wish: WorldWish) => OpenWorld
