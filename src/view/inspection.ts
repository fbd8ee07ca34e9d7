import type { InspectedFile, Inspection } from '../domain/inspection.ts'
import { shortName } from '../domain/resource.ts'
import type { RestoreTarget } from '../domain/savepoint.ts'
import { age } from './age.ts'
import type { Context } from './context.ts'
import { filesTable } from './inspection-files.ts'
import { operatorsTable } from './inspection-operators.ts'
import { counted } from './inspection-words.ts'
import { fields } from './lines.ts'
import { cell } from './plain.ts'
import { humanSize } from './size.ts'

/** What is in a savepoint, on a page. */
export function inspectionPage(inspection: Inspection, wide: boolean, context: Context): string {
  const head = fields([
    ['Job', inspection.savepoint?.job && cell(shortName(inspection.savepoint.job))],
    ['Location', cell(inspection.location)],
    ['Type', typeLine(inspection)],
    ['Checkpoint', String(inspection.checkpointId)],
    ['Known', inspection.savepoint && knownLine(inspection.savepoint, context.now)],
    ['Modified', inspection.modifiedAt && `${age(inspection.modifiedAt, context.now)} ago`],
    ['Format', `version ${inspection.formatVersion} (Flink ${inspection.flinkVersions})`],
    ['State', stateLine(inspection)],
    ['Files', filesLine(inspection)],
    ['Movable', movableLine(inspection)],
    ['Unknown', unknownLine(inspection.files)],
    ['Master State', inspection.masterStates.map(cell).join(', ') || undefined],
  ])
  const files = inspection.files && inspection.files.length > 0 ? `\n${filesTable(inspection.files)}` : ''
  return `${head}\n${operatorsTable(inspection, wide, context)}${files}`
}

/** What tells it from the job's other savepoints. */
function knownLine({ completedAt, trigger, name, note, sources = [] }: RestoreTarget, now: number): string {
  const at = completedAt && `completed ${age(completedAt, now)} ago`
  const known = [at, trigger, name, note].flatMap(part => (part ? [cell(part)] : []))
  const from = sources.length > 0 ? `from ${sources.join(', ')}` : 'to no source'
  return [...known, from].join(', ')
}

const formats = { CANONICAL: 'canonical', NATIVE: 'native' }
const stops = {
  suspended: 'the job was to be stopped with it',
  terminated: 'the job was to be drained and stopped with it',
}

function typeLine({ type, format, stopped, toldFrom }: Inspection): string {
  if (type === undefined) return '<unknown>'
  const known = [
    format && formats[format],
    stopped && stops[stopped],
    toldFrom === 'handles' && 'told from its state',
    toldFrom === 'location' && 'told from the name of its directory',
  ].filter(part => typeof part === 'string')
  return [type, ...known].join(', ')
}

function stateLine({ stateBytes, inlineBytes, operators }: Inspection): string {
  const stateful = operators.filter(({ hasState }) => hasState).length
  const held = inlineBytes > 0 ? `; ${humanSize(inlineBytes)} are held in _metadata` : ''
  return `${humanSize(stateBytes)} in ${stateful} of ${counted(operators.length, 'operator')}${held}`
}

function filesLine({ fileCount, fileBytes, files = [] }: Inspection): string {
  if (fileCount === 0) return 'none but _metadata'
  const states = ['missing', 'wrong size', 'unknown'] as const
  const wrong = states.flatMap(state => {
    const number = files.filter(file => file.state === state).length
    return number === 0 ? [] : [`${number} ${state}`]
  })
  const looked = files.length === 0 ? [] : wrong.length === 0 ? ['all there'] : wrong
  return [counted(fileCount, 'file'), humanSize(fileBytes), ...looked].join(', ')
}

function movableLine({ relocatable, absoluteFiles }: Inspection): string {
  if (relocatable) return 'yes'
  return `no: ${counted(absoluteFiles, 'reference')} to a file by its whole path`
}

/** Why files could not be looked for; one reason often holds for many. */
function unknownLine(files: readonly InspectedFile[] = []): string | undefined {
  const [first, ...more] = new Set(files.flatMap(({ reason }) => reason ?? []))
  if (first === undefined) return undefined
  const others = more.length > 0 ? ` (and ${counted(more.length, 'other reason')}: see -o json)` : ''
  return `${cell(first)}${others}`
}
