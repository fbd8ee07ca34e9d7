import { Failure, failure } from '../domain/failure.ts'
import type { OpenFile, Place } from '../domain/places.ts'
import type { CommandEnd, PodShell } from '../domain/pod-shell.ts'
import { inBatches } from './batches.ts'
import { below } from './places.ts'
import {
  listScript,
  missingTool,
  openScript,
  readScript,
  removeDirectoryScript,
  removeScript,
  statusScript,
} from './pod-scripts.ts'
import { entriesIn, statusIn } from './pod-status.ts'

/** What is read at once: each command costs a connection to the pod, and a smaller one is not quicker. */
const block = 64 * 1024
const blocksAtOnce = 64
/** At first so much: of most files no more is wanted. */
const firstBlocks = 4
const window = block * blocksAtOnce

/** 100,000 entries with long names. */
const mostOfList = 32 * 1024 * 1024
const mostOfStatus = 1024 * 1024
/** So many are given on at once. */
const page = 1_000

/** Files in a JobManager's pod, by their absolute paths: through small commands that run there. */
export function podPlace(shell: PodShell): Place {
  const run = runIn(shell)
  const statuses = inBatches(async (paths: readonly string[]) => {
    const [first = ''] = paths
    const { stdout } = await run('read', first, statusScript, paths, mostOfStatus)
    const lines = stdout.toString('utf8').split('\n')
    return paths.map((path, at) => () => statusIn(lines[at] ?? '', path, reader(shell)))
  })
  return {
    status: async path => (await statuses(path))(),
    open: path => open(path, shell, run),
    async *list(directory) {
      const { stdout } = await run('list', directory, listScript, [directory], mostOfList)
      const end = stdout.indexOf('\n')
      const status = statusIn(stdout.toString('utf8', 0, end), directory, reader(shell, 'list'))
      if (status === undefined) return
      const entries = entriesIn(stdout.subarray(end + 1), name => below(directory, name))
      for (let at = 0; at < entries.length; at += page) yield entries.slice(at, at + page)
    },
    async remove(path) {
      await run('delete', path, removeScript, [path], mostOfStatus)
    },
    async removeDirectory(path) {
      await run('delete', path, removeDirectoryScript, [path], mostOfStatus)
    },
  }
}

type What = 'read' | 'list' | 'delete'
type Run = (
  what: What,
  path: string,
  script: string,
  words: readonly string[],
  mostBytes: number,
) => Promise<CommandEnd>

/** Runs a script to its good end; throws a Failure that names the path, the pod and what to do. */
function runIn(shell: PodShell): Run {
  return async (what, path, script, words, mostBytes) => {
    const ended = await shell.run(['sh', '-c', script, 'sh', ...words], mostBytes).catch(error => {
      throw unreached(error, what, path)
    })
    const { exitCode, stderr } = ended
    if (exitCode === missingTool) throw without(stderr.trim().slice(0, 20), what, path, shell)
    if (exitCode !== 0) throw refused(what, path, shell, reasonIn(stderr, exitCode))
    return ended
  }
}

async function open(path: string, shell: PodShell, run: Run): Promise<OpenFile> {
  const words = (script: string, blocks: number, from: number) =>
    run('read', path, script, [path, ...[block, blocks, from].map(String)], window + mostOfStatus)
  const { stdout } = await words(openScript, firstBlocks, 0)
  const end = stdout.indexOf('\n')
  const status = statusIn(stdout.toString('utf8', 0, Math.max(end, 0)), path, reader(shell))
  if (status === undefined) throw refused('read', path, shell, 'no such file or directory')
  const { kind, sizeBytes: size = 0, modifiedAt = 0 } = status
  if (kind !== 'file') throw refused('read', path, shell, 'it is no file')
  let from = 0
  let bytes = stdout.subarray(end + 1)
  return {
    size,
    modifiedAt,
    async read(offset, into) {
      if (offset >= size) return 0
      if (offset < from || offset >= from + bytes.length) {
        from = offset - (offset % block)
        bytes = (await words(readScript, blocksAtOnce, from / block)).stdout
      }
      const piece = bytes.subarray(offset - from, offset - from + into.length)
      into.set(piece)
      return piece.length
    },
    async close() {},
  }
}

function reader(shell: PodShell, what: What = 'read'): (path: string, why: string) => Failure {
  return (path, why) => refused(what, path, shell, why)
}

function refused(what: What, path: string, { pod }: PodShell, why: string): Failure {
  return failure('not-asked', `cannot ${what} ${path} in pod/${pod}: ${why}`)
}

function without(tool: string, what: What, path: string, { pod }: PodShell): Failure {
  const why = `the image of its container has no ${tool}, which this takes`
  return failure('not-asked', `cannot ${what} ${path} in pod/${pod}: ${why}`, elsewhere)
}

/** `dd: failed to open '/x': Permission denied`, among what it tells of its blocks. */
function reasonIn(stderr: string, exitCode: number): string {
  const line = stderr
    .trim()
    .split('\n')
    .find(each => each.includes(': '))
  return line?.replace(/^.*: /, '') ?? `the command there ended with code ${exitCode}`
}

const elsewhere =
  "file: paths of a job are those of its JobManager's pod, and are reached there by exec (get and create pods/exec); what is copied to this machine can be read by its path here"

/** No pod, no right to run a command in it, no shell. */
function unreached(error: unknown, what: What, path: string): unknown {
  if (!(error instanceof Failure) || error.code !== 'not-asked') return error
  const shell = /executable file not found|no such file or directory/.test(error.message)
    ? ': the image of its container has no sh'
    : ''
  const reason = error.message.replace(/^error: /, '')
  const text = `error: cannot ${what} ${path} in the job's pod: ${reason}${shell}`
  return new Failure(error.code, text, {
    hints: [...error.hints, elsewhere],
    cause: error,
    ...(error.status && { status: error.status }),
  })
}
