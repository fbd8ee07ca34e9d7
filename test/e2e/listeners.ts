import { readdir, readFile, readlink } from 'node:fs/promises'
import { connect } from 'node:net'

/** The TCP ports that a process listens on, as Linux tells in /proc. */
export async function listeningPorts(pid: number): Promise<number[]> {
  const sockets = new Set(await socketsOf(pid))
  const tables = await Promise.all(['tcp', 'tcp6'].map(name => readFile(`/proc/${pid}/net/${name}`, 'utf8')))
  const rows = tables.flatMap(table => table.trim().split('\n').slice(1)).map(row => row.trim().split(/\s+/))
  // Columns: number, local address as HEX:PORT, remote, state (0A: LISTEN), …, inode the tenth.
  const listening = rows.filter(row => row[3] === '0A' && sockets.has(row[9] ?? ''))
  return listening.map(row => Number.parseInt(row[1]?.split(':')[1] ?? '', 16))
}

async function socketsOf(pid: number): Promise<string[]> {
  const open = await readdir(`/proc/${pid}/fd`)
  const targets = await Promise.all(open.map(fd => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')))
  return targets.flatMap(target => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? [])
}

/** Does anybody take a connection at this port of the loopback? */
export function accepts(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    const answer = (value: boolean) => {
      socket.destroy()
      resolve(value)
    }
    socket.once('connect', () => answer(true))
    socket.once('error', () => answer(false))
  })
}
