import { styleText } from 'node:util'
import type { Person } from '../domain/ports.ts'
import { render } from './index.ts'
import { plain } from './plain.ts'
import { isInteractive, type Terminal } from './terminal.ts'

/** The person before stderr. `quiet` keeps hints and progress from them, `colour` marks warnings as kubectl does. */
export function personAt(terminal: Terminal, { quiet, colour }: { quiet: boolean; colour: boolean }): Person {
  return {
    warn(text) {
      terminal.err(`${marked(plain(text), colour)}\n`)
    },
    tell(text) {
      if (!quiet) terminal.err(`${plain(text)}\n`)
    },
    async show(value) {
      const context = { now: terminal.clock.now(), colour, noHeaders: false, allNamespaces: false }
      terminal.err(await render(value, { name: 'table' }, context))
    },
    async confirm(text, signal) {
      if (!isInteractive(terminal)) return undefined
      const answer = await terminal.ask(`${plain(text)} [y/N]: `, signal)
      return answer === undefined ? undefined : /^\s*y(es)?\s*$/i.test(answer)
    },
  }
}

function marked(text: string, colour: boolean): string {
  if (!colour) return text
  return text.replace(/^Warning:/, word => styleText('yellow', word, { validateStream: false }))
}
