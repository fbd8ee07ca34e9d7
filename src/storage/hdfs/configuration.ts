import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { XMLParser } from 'fast-xml-parser'
import { type Failure, failure } from '../../domain/failure.ts'
import { isFields, listAt, textAt } from '../../domain/fields.ts'
import type { Connecting } from '../connecting.ts'
import { reasonOf } from '../system-reason.ts'

/** What the files of Hadoop say that lie on this machine, by its own names (hdfs-default.xml, core-default.xml). */
export type HadoopSettings = ReadonlyMap<string, string>

/** Hadoop reads them in this order: what the later says counts. */
const names = ['core-site.xml', 'hdfs-site.xml']
const largest = 4 * 1024 * 1024

/** Of HADOOP_CONF_DIR, else of HADOOP_HOME; nothing where neither is set. Throws a Failure for what cannot be understood. */
export async function hadoopSettings(env: Connecting['env']): Promise<HadoopSettings> {
  const home = env['HADOOP_HOME']
  const directory = env['HADOOP_CONF_DIR'] || (home ? join(home, 'etc', 'hadoop') : '')
  const settings = new Map<string, string>()
  if (directory === '') return settings
  for (const name of names)
    for (const [key, value] of await propertiesIn(join(directory, name))) settings.set(key, value)
  return settings
}

async function propertiesIn(path: string): Promise<[name: string, value: string][]> {
  const text = await textOf(path)
  if (text === undefined) return []
  const properties = listAt(parsed(text, path), 'configuration', 'property').filter(isFields)
  return properties.flatMap(property => {
    const [name, value] = [textAt(property, 'name')?.trim(), textAt(property, 'value')?.trim()]
    // Of one that refers to another nobody here knows what it comes to.
    return name && value && !value.includes('${') ? [[name, value]] : []
  })
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    const bytes = await readFile(path)
    if (bytes.length > largest) throw unusable(path, 'it is larger than 4 MiB')
    return bytes.toString('utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw code === undefined ? error : unusable(path, reasonOf(error))
  }
}

function parsed(text: string, path: string): Record<string, unknown> {
  const parser = new XMLParser({
    parseTagValue: false,
    isArray: (_name, at) => at === 'configuration.property',
  })
  try {
    const document: unknown = parser.parse(text, true)
    if (isFields(document)) return document
  } catch (error) {
    throw unusable(path, (error as Error).message)
  }
  throw unusable(path, 'it is no configuration')
}

function unusable(path: string, why: string): Failure {
  return failure(
    'not-asked',
    `cannot use ${path}: ${why}`,
    'HADOOP_CONF_DIR names the directory of core-site.xml and hdfs-site.xml',
  )
}
