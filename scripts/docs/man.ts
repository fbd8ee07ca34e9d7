import { type Described, exitCodes } from './described.ts'

/** What a man page says of its origin. */
export interface Edition {
  /** `0.1.0`. */
  readonly version: string
  /** `2026-11-23`. */
  readonly date: string
}

/** The man pages by file name: `kubectl-flinksp.1`, and one for each command. */
export function manPages(commands: readonly Described[], edition: Edition): Map<string, string> {
  const pages = new Map([['kubectl-flinksp.1', rootPage(commands, edition)]])
  for (const command of commands)
    pages.set(`kubectl-flinksp-${command.name}.1`, commandPage(command, edition))
  return pages
}

const summaryOfAll = 'take, list and restore savepoints of Apache Flink jobs on Kubernetes'

function rootPage(commands: readonly Described[], edition: Edition): string {
  return written(
    heading('kubectl-flinksp', edition),
    section('NAME', `kubectl\\-flinksp \\- ${text(summaryOfAll)}`),
    section('SYNOPSIS', `.B kubectl flinksp\n.I command\n[options]`),
    section('COMMANDS', ...commands.map(({ name, summary }) => item(`.B ${text(name)}`, summary))),
    section('EXIT STATUS', ...exitCodes.map(({ code, when }) => item(`.B ${code}`, when))),
    seeAlso(['kubectl', ...commands.map(({ name }) => `kubectl-flinksp-${name}`)]),
  )
}

function commandPage(command: Described, edition: Edition): string {
  const page = `kubectl-flinksp-${command.name}`
  const [verb, ...usage] = command.usage.replace(/^kubectl flinksp /, '').split(' ')
  return written(
    heading(page, edition),
    section('NAME', `${text(page)} \\- ${text(lower(command.summary))}`),
    section('SYNOPSIS', `.B kubectl flinksp ${text(verb ?? '')}\n${line(usage.join(' '))}`),
    section('DESCRIPTION', ...command.paragraphs.map(paragraph => `.PP\n${line(paragraph)}`)),
    command.flags.length > 0 &&
      section('OPTIONS', ...command.flags.map(({ flag, says }) => item(`.B ${text(flag)}`, says))),
    section('EXAMPLES', ...command.examples.map(({ what, command: typed }) => example(what, typed))),
    seeAlso(
      command.name === 'options' ? ['kubectl-flinksp'] : ['kubectl-flinksp', 'kubectl-flinksp-options'],
    ),
  )
}

function heading(page: string, { version, date }: Edition): string {
  return `.TH "${text(page.toUpperCase())}" 1 "${date}" "kubectl\\-flinksp ${version}" "User Commands"\n.nh\n.ad l`
}

function section(name: string, ...parts: readonly string[]): string {
  return [`.SH ${name}`, ...parts].join('\n')
}

function item(term: string, says: string): string {
  return `.TP\n${term}\n${line(says)}`
}

function example(what: string, typed: string): string {
  return `.PP\n${line(what)}:\n.PP\n.RS 4\n.nf\n${text(typed)}\n.fi\n.RE`
}

function seeAlso(pages: readonly string[]): string {
  return section('SEE ALSO', pages.map(page => `.BR ${text(page)} (1)`).join(',\n'))
}

function written(...sections: (string | false)[]): string {
  return `${sections.filter(part => part !== false).join('\n')}\n`
}

/** A line of text: roff takes one that begins with a dot or an apostrophe for a request. */
function line(words: string): string {
  return words
    .split('\n')
    .map(each => text(each).replace(/^(?=[.'])/, '\\&'))
    .join('\n')
}

/** Escapes what roff reads as its own. Hyphens are those of a command line: they can be copied from the page. */
function text(words: string): string {
  return words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('"', '\\(dq')
}

function lower(summary: string): string {
  return summary.charAt(0).toLowerCase() + summary.slice(1)
}
