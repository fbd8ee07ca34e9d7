// The grammar of Java's Object Serialization Stream Protocol, as far as it takes to find where an object ends.

/** `cut off`: the bytes end before the object does. `unknown`: it has what Flink's own classes do not need. */
export type JavaObject = 'whole' | 'cut off' | 'unknown'

/** How an object that begins `bytes`, behind the stream's header, ends. */
export function javaObjectIn(bytes: Buffer): JavaObject {
  try {
    content({ bytes, at: 0, handles: [] }, 0)
    return 'whole'
  } catch (end) {
    if (end instanceof End) return end.why
    throw end
  }
}

class End {
  readonly why: JavaObject
  constructor(why: JavaObject) {
    this.why = why
  }
}

interface Walk {
  readonly bytes: Buffer
  at: number
  /** What later references name by its number; only classes matter. */
  readonly handles: (JavaClass | undefined)[]
}

interface JavaClass {
  readonly flags: number
  /** The types of its fields, as the stream names them. */
  readonly fields: readonly string[]
  readonly parent: JavaClass | undefined
}

// java.io.ObjectStreamConstants
const none = 0x70
const reference = 0x71
const classDescription = 0x72
const object = 0x73
const string = 0x74
const blockData = 0x77
const endOfBlock = 0x78
const longBlockData = 0x7a
const enumConstant = 0x7e
const firstHandle = 0x7e0000
const hasOwnWriter = 1
const serializable = 2

/** Of primitive fields. */
const sizes: Readonly<Record<string, number>> = { B: 1, C: 2, D: 8, F: 4, I: 4, J: 8, S: 2, Z: 1 }

/** Flink's properties nest three deep. */
const deepest = 32

function content(walk: Walk, depth: number): void {
  if (depth > deepest) throw new End('unknown')
  const kind = number(walk, 1)
  if (kind === none) return
  if (kind === reference) take(walk, 4)
  else if (kind === string) ofHandle(walk, () => utf(walk))
  else if (kind === object) instance(walk, depth)
  else if (kind === enumConstant) constant(walk, depth)
  else throw new End('unknown')
}

function ofHandle(walk: Walk, read: () => void): void {
  walk.handles.push(undefined)
  read()
}

function instance(walk: Walk, depth: number): void {
  const type = classOf(walk, depth)
  ofHandle(walk, () => values(walk, type, depth))
}

function constant(walk: Walk, depth: number): void {
  classOf(walk, depth)
  ofHandle(walk, () => content(walk, depth + 1))
}

function classOf(walk: Walk, depth: number): JavaClass | undefined {
  if (depth > deepest) throw new End('unknown')
  const kind = number(walk, 1)
  if (kind === none) return undefined
  if (kind === reference) return known(walk, number(walk, 4) - firstHandle)
  if (kind !== classDescription) throw new End('unknown')
  utf(walk)
  take(walk, 8)
  const handle = walk.handles.push(undefined) - 1
  const flags = number(walk, 1)
  const fields = Array.from({ length: number(walk, 2) }, () => field(walk, depth))
  annotation(walk, depth)
  const described = { flags, fields, parent: classOf(walk, depth + 1) }
  walk.handles[handle] = described
  return described
}

function known(walk: Walk, handle: number): JavaClass {
  const described = walk.handles[handle]
  if (!described) throw new End('unknown')
  return described
}

function field(walk: Walk, depth: number): string {
  const type = String.fromCharCode(number(walk, 1))
  utf(walk)
  if (sizes[type] === undefined) content(walk, depth + 1)
  return type
}

/** Of the class and those above it, the uppermost first. */
function values(walk: Walk, type: JavaClass | undefined, depth: number): void {
  if (!type) return
  values(walk, type.parent, depth)
  if ((type.flags & serializable) === 0) throw new End('unknown')
  for (const each of type.fields) {
    const size = sizes[each]
    if (size === undefined) content(walk, depth + 1)
    else take(walk, size)
  }
  if ((type.flags & hasOwnWriter) !== 0) annotation(walk, depth)
}

function annotation(walk: Walk, depth: number): void {
  for (;;) {
    const kind = number(walk, 1)
    if (kind === endOfBlock) return
    if (kind === blockData) take(walk, number(walk, 1))
    else if (kind === longBlockData) take(walk, number(walk, 4))
    else {
      walk.at--
      content(walk, depth + 1)
    }
  }
}

function utf(walk: Walk): void {
  take(walk, number(walk, 2))
}

function number(walk: Walk, bytes: number): number {
  return walk.bytes.readUIntBE(take(walk, bytes), bytes)
}

/** Where they begin. */
function take(walk: Walk, bytes: number): number {
  const at = walk.at
  if (bytes > walk.bytes.length - at) throw new End('cut off')
  walk.at += bytes
  return at
}
