import { failure } from '../domain/failure.ts'
import type { CustomColumn } from './custom-columns.ts'

/** What `-o` asks for. The user's own templates are parsed before anything is done. */
export type Format =
  | { readonly name: 'table' | 'wide' | 'json' | 'yaml' | 'name' }
  | { readonly name: 'jsonpath'; fill(value: unknown): string }
  | { readonly name: 'custom-columns'; readonly columns: readonly CustomColumn[] }

const plainFormats = ['table', 'wide', 'json', 'yaml', 'name'] as const
const allowed = [...plainFormats, 'jsonpath', 'custom-columns'].toSorted()

/** The format that `-o` names; a usage Failure, worded as kubectl's, where there is none. */
export async function formatOf(output: string): Promise<Format> {
  const known = plainFormats.find(name => name === (output || 'table'))
  if (known) return { name: known }
  const [, name, template = ''] = /^([a-z-]+)(?:=(.*))?$/s.exec(output) ?? []
  if (name === 'jsonpath') return { name, fill: await templateOf(template) }
  if (name === 'custom-columns') return { name, columns: await columnsOf(template) }
  throw failure(
    'usage',
    `unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: ${allowed.join(',')}`,
  )
}

/** Only the machine formats print what a command found out when it did not end well. */
export function isForMachines({ name }: Format): boolean {
  return name === 'json' || name === 'yaml' || name === 'jsonpath' || name === 'custom-columns'
}

async function templateOf(template: string): Promise<(value: unknown) => string> {
  if (template === '') throw failure('usage', 'template format specified but no template given')
  const { parseTemplate } = await import('./template.ts')
  return parsed(`error parsing jsonpath ${template}, `, () => parseTemplate(template))
}

async function columnsOf(spec: string): Promise<CustomColumn[]> {
  const { parseCustomColumns } = await import('./custom-columns.ts')
  return parsed('', () => parseCustomColumns(spec))
}

function parsed<T>(prefix: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw failure('usage', `${prefix}${error instanceof Error ? error.message : String(error)}`)
  }
}
