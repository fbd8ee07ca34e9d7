import { type Described, exitCodes } from './described.ts'

/** The pages of the commands, by file name: an index, and a page each. */
export function commandPages(commands: readonly Described[]): Map<string, string> {
  const pages = new Map([['index.md', index(commands)]])
  for (const command of commands) pages.set(`${command.name}.md`, page(command))
  return pages
}

const origin = '<!-- Written by `npm run docs` from the help of the program; do not edit. -->'

function index(commands: readonly Described[]): string {
  const rows = commands.map(({ name, summary }) => `| [${name}](${name}.md) | ${plain(summary)} |`)
  const codes = exitCodes.map(({ code, when }) => `| ${code} | ${plain(when)} |`)
  return joined(
    origin,
    '# Commands',
    ['| command | what it does |', '| --- | --- |', ...rows].join('\n'),
    'A job is `NAME` or `KIND/NAME`; flags stand after `flinksp`. Every command takes the [options](options.md) of kubectl, too.',
    '## Exit codes',
    ['| exit code | when |', '| --- | --- |', ...codes].join('\n'),
    'Of several jobs, the worst: 70, 1, 3, 4.',
  )
}

function page({ name, usage, summary, paragraphs, examples, flags }: Described): string {
  return joined(
    origin,
    `# kubectl flinksp ${name}`,
    plain(/[.?]$/.test(summary) ? summary : `${summary}.`),
    fenced('text', usage),
    ...paragraphs.map(plain),
    examples.length > 0 && '## Examples',
    examples.length > 0 &&
      fenced('sh', examples.map(({ what, command }) => `# ${what}\n${command}`).join('\n\n')),
    flags.length > 0 && '## Options',
    ...flags.map(({ flag, says }) => `\`${flag}\`<br>\n${plain(says)}`),
    name !== 'options' && '[Options of every command](options.md) · [Exit codes](index.md#exit-codes)',
  )
}

function joined(...parts: (string | false)[]): string {
  return `${parts.filter(part => part !== false).join('\n\n')}\n`
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``
}

/** Text of the help as Markdown shows it: no emphasis, no HTML, no column of a table. */
function plain(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[*_|`[\]{}]/g, '\\$&')
}
