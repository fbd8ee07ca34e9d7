import { styleText } from 'node:util'
import type { Person } from '../domain/ports.ts'
import { plain } from '../view/plain.ts'
import { type Io, isInteractive } from './io.ts'

/** The person before stderr. `quiet` keeps hints and progress from them, `colour` marks warnings as kubectl does. */
export function personAt(io: Io, { quiet, colour }: { quiet: boolean; colour: boolean }): Person {
  return {
    warn(text) {
      io.err(`${marked(plain(text), colour)}\n`)
    },
    tell(text) {
      if (!quiet) io.err(`${plain(text)}\n`)
    },
    async confirm(text) {
      if (!isInteractive(io)) return undefined
      const answer = await io.ask(`${plain(text)} [y/N]: `)
      return /^\s*y(es)?\s*$/i.test(answer ?? '')
    },
  }
}

function marked(text: string, colour: boolean): string {
  if (!colour) return text
  return text.replace(/^Warning:/, word => styleText('yellow', word, { validateStream: false }))
}
