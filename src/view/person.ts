import { styleText } from 'node:util'
import { onceEach } from '../domain/once-each.ts'
import type { Person } from '../domain/ports.ts'
import { render } from './index.ts'
import type { LiveTable } from './live.ts'
import { plain } from './plain.ts'
import { isInteractive, type Terminal } from './terminal.ts'

/** The person before stderr. `quiet` keeps hints and progress from them, `colour` marks warnings as kubectl does. */
export function personAt(terminal: Terminal, { quiet, colour }: { quiet: boolean; colour: boolean }): Person {
  let table: LiveTable | undefined
  const say = (text: string) => (table ? table.say(text) : terminal.err(text))
  const warn = (text: string) => say(`${marked(plain(text), colour)}\n`)
  // What a restore cannot record it could not record three times: one warning is enough.
  const warnOnce = onceEach(warn)
  return {
    warn: text => (text.startsWith('Warning: ') ? warnOnce(text) : warn(text)),
    tell(text) {
      if (!quiet) say(`${plain(text)}\n`)
    },
    async show(value) {
      const context = { now: terminal.clock.now(), colour, noHeaders: false, allNamespaces: false }
      say(await render(value, { name: 'table' }, context))
    },
    async confirm(text, signal) {
      if (!isInteractive(terminal)) return undefined
      const ask = () => terminal.ask(`${plain(text)} [y/N]: `, signal)
      const answer = await (table ? table.aside(ask) : ask())
      return answer === undefined ? undefined : /^\s*y(es)?\s*$/i.test(answer)
    },
    async live(rows) {
      if (quiet || !terminal.isTerminal.stderr || terminal.machine.env['TERM'] === 'dumb') return undefined
      const { liveTable } = await import('./live.ts')
      const drawn = liveTable(terminal, rows)
      table = drawn
      return {
        end() {
          table = undefined
          drawn.end()
        },
      }
    },
  }
}

function marked(text: string, colour: boolean): string {
  if (!colour) return text
  return text.replace(/^Warning:/, word => styleText('yellow', word, { validateStream: false }))
}
