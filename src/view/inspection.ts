import type { InspectedFile, InspectedOperator, InspectedState, Inspection } from '../domain/inspection.ts'
import { age } from './age.ts'
import type { Context } from './context.ts'
import { fields } from './lines.ts'
import { cell } from './plain.ts'
import { humanSize } from './size.ts'
import { table } from './table.ts'

/** What is in a savepoint, on a page. */
export function inspectionPage(inspection: Inspection, wide: boolean, context: Context): string {
  const head = fields([
    ['Location', cell(inspection.location)],
    ['Type', typeLine(inspection)],
    ['Checkpoint', String(inspection.checkpointId)],
    ['Modified', inspection.modifiedAt && `${age(inspection.modifiedAt, context.now)} ago`],
    ['Format', `version ${inspection.formatVersion} (Flink ${inspection.flinkVersions})`],
    ['State', stateLine(inspection)],
    ['Files', filesLine(inspection)],
    ['Movable', movableLine(inspection)],
    ['Master State', inspection.masterStates.map(cell).join(', ') || undefined],
  ])
  const files = inspection.files && inspection.files.length > 0 ? `\n${filesTable(inspection.files)}` : ''
  return `${head}\n${operatorsTable(inspection, wide, context)}${files}`
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

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}

interface Column {
  readonly head: string
  cell(operator: InspectedOperator): string
}

function operatorsTable({ operators }: Inspection, wide: boolean, context: Context): string {
  const largest = Math.max(1, ...operators.map(({ stateBytes }) => stateBytes))
  const columns: Column[] = [
    { head: 'OPERATOR', cell: ({ name, uid, id }) => cell(name ?? uid ?? id) },
    ...(wide ? identities : []),
    { head: 'PARALLELISM', cell: parallelismCell },
    { head: 'MAX', cell: ({ maxParallelism }) => String(maxParallelism) },
    { head: 'STATE', cell: ({ stateBytes }) => humanSize(stateBytes) },
    ...(context.terminal ? [{ head: '', cell: barOf(largest) }] : []),
    ...(wide ? kinds : [{ head: 'STATES', cell: statesCell }]),
  ]
  const rows = operators
    .toSorted((a, b) => b.stateBytes - a.stateBytes)
    .map(operator => columns.map(column => column.cell(operator)))
  return table(
    columns.map(({ head }) => head),
    rows,
    !context.noHeaders,
  )
}

const identities: readonly Column[] = [
  { head: 'ID', cell: ({ id }) => id },
  { head: 'UID', cell: ({ uid }) => cell(uid ?? '<none>') },
]

const kinds: readonly Column[] = [
  { head: 'KINDS', cell: kindsCell },
  {
    head: 'KEY',
    cell: ({ keySerializer }) => cell(keySerializer ? className(keySerializer.snapshot) : '<none>'),
  },
  { head: 'STATES', cell: ({ states }) => states.map(stateInFull).join(' ') || '<none>' },
]

function parallelismCell({ parallelism, finished, fullyFinished }: InspectedOperator): string {
  if (fullyFinished) return `${parallelism} (finished)`
  return finished > 0 ? `${parallelism} (${finished} finished)` : String(parallelism)
}

const barWidth = 20

function barOf(largest: number): Column['cell'] {
  return ({ stateBytes }) =>
    stateBytes === 0 ? '' : '█'.repeat(Math.max(1, Math.round((stateBytes / largest) * barWidth)))
}

/** As many as are read at a glance. */
const mostNames = 4

function statesCell({ states }: InspectedOperator): string {
  const names = [...new Set(states.map(({ type, name }) => (type === 'TIMERS' ? 'timers' : cell(name))))]
  const more = names.length > mostNames ? ` +${names.length - mostNames}` : ''
  return `${names.slice(0, mostNames).join(', ')}${more}` || '<none>'
}

function kindsCell({ bytesByKind, coordinatorBytes }: InspectedOperator): string {
  const { managedOperator, rawOperator, managedKeyed, rawKeyed, inputChannel, resultSubpartition } =
    bytesByKind
  const named = {
    operator: managedOperator,
    'raw-operator': rawOperator,
    keyed: managedKeyed,
    'raw-keyed': rawKeyed,
    'in-flight': inputChannel + resultSubpartition,
    coordinator: coordinatorBytes,
  }
  const told = Object.entries(named).flatMap(([kind, bytes]) =>
    bytes > 0 ? [`${kind}=${humanSize(bytes)}`] : [],
  )
  return told.join(' ') || '<none>'
}

/** `count:VALUE(Long)`. */
function stateInFull({ name, type, serializers }: InspectedState): string {
  const told = serializers.filter(each => each.for !== 'namespace').map(({ snapshot }) => className(snapshot))
  const kind = type === undefined ? '' : `:${cell(type)}`
  return `${cell(name)}${kind}${told.length > 0 ? `(${cell(told.join(','))})` : ''}`
}

/** `…base.LongSerializer$LongSerializerSnapshot` as `Long`. */
function className(snapshot: string): string {
  return snapshot.replace(/^.*[.$]/, '').replace(/(?<=.)(Serializer)?Snapshot$/, '')
}

/** More is not read by anybody, and takes long to draw. */
const mostRows = 1_000

const order = { missing: 0, 'wrong size': 1, unknown: 2, present: 3 }

function filesTable(files: readonly InspectedFile[]): string {
  const rows = files
    .toSorted((a, b) => order[a.state] - order[b.state])
    .slice(0, mostRows)
    .map(({ path, sizeBytes, foundBytes, state, references }) => [
      cell(path),
      sizeBytes === undefined ? '<unknown>' : humanSize(sizeBytes),
      String(references),
      state === 'wrong size' ? `wrong size: ${foundBytes} bytes, not ${sizeBytes}` : state,
    ])
  const left = files.length - rows.length
  const more = left > 0 ? `${left} more files: -o json lists them all\n` : ''
  return `${table(['FILE', 'SIZE', 'REFERENCES', 'STATE'], rows)}${more}`
}
