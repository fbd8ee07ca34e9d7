import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Ajv } from 'ajv'
import { parse } from '../../src/cli/parse.ts'
import { commandsOn } from '../../src/commands/index.ts'

const registry = commandsOn({ env: {}, home: '', platform: 'linux', arch: 'x64', nodeVersion: '' })
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...globSync('docs/**/*.md', { exclude: ['docs/node_modules'] }),
].toSorted()
const textOf = (page: string) => readFileSync(page, 'utf8')

describe('The documents', () => {
  for (const page of pages) {
    const commands = commandsIn(textOf(page))
    if (commands.length > 0)
      it(`show in ${page} only commands that the program understands`, async () => {
        for (const command of commands)
          await assert.doesNotReject(parse(wordsOf(command), registry, true), `in ${page}: ${command}`)
      })
  }

  it('lead to pages and headings that are there', () => {
    const dead = pages.flatMap(page =>
      linksIn(textOf(page))
        .filter(link => !isThere(page, link))
        .map(link => `${page}: ${link}`),
    )
    assert.deepEqual(dead, [])
  })

  it('show a document of every kind that -o json prints, each as the schema has it', () => {
    const schema = JSON.parse(textOf('docs/schema/v1.json'))
    const isValid = new Ajv({ allowUnionTypes: true }).compile(schema)
    const shown = [...textOf('docs/json.md').matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text]) =>
      JSON.parse(`${text}`),
    )
    for (const document of shown)
      assert(isValid(document), `${document.kind}: ${JSON.stringify(isValid.errors)}`)
    const kinds = schema.anyOf.map(({ $ref }: { $ref: string }) => /(\w+)Document$/.exec($ref)?.[1])
    assert.deepEqual([...new Set(shown.map(({ kind }) => kind))].toSorted(), kinds.toSorted())
  })

  it('quote no message, as a heading of troubleshooting, that the program does not print', () => {
    const sources = globSync('src/**/*.ts').map(textOf).join('\n').replace(/\\'/g, "'")
    const quoted = [...textOf('docs/troubleshooting.md').matchAll(/^### `(.+)`$/gm)].map(
      ([, message]) => `${message}`,
    )
    assert(quoted.length > 20, 'no messages were found in it')
    const pieces = quoted.flatMap(message =>
      message
        .replace(/^(error|Warning): /, '')
        .split('…')
        .map(piece => piece.trim()),
    )
    assert.deepEqual(
      pieces.filter(piece => !sources.includes(piece)),
      [],
    )
  })
})

/** Each command of the plugin in the shell's code of a page, up to where the shell ends it. */
function commandsIn(markdown: string): string[] {
  const fences = [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
  const code = fences
    .filter(([, language]) => language === '' || language === 'sh')
    .map(([, , lines]) => lines)
  const typed = code.join('\n').matchAll(/kubectl flinksp ((?:'[^']*'|"[^"]*"|[^|&;>#()\n])*)/g)
  return [...typed].map(([, words]) => `${words}`.trim())
}

/** Words as a shell makes them; a variable stands for a savepoint. */
function wordsOf(command: string): string[] {
  const words = command.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []
  return words.map(word => word.replace(/["']/g, '').replace(/^\$\w+$/, 'latest'))
}

function linksIn(markdown: string): string[] {
  return [...markdown.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => `${link}`)
    .filter(link => !/^[a-z]+:/.test(link))
}

function isThere(page: string, link: string): boolean {
  const [path, heading] = link.split('#')
  const file = path ? join(dirname(page), path) : page
  if (!existsSync(file)) return false
  return heading === undefined || headingsOf(textOf(file)).includes(heading)
}

/** As GitHub makes anchors of headings. */
function headingsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, text]) =>
    `${text}`
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
