import { connect, createServer } from 'node:net'

/**
 * Run inside a network namespace of its own: takes every connection to any address there at one port and hands it to whoever
 * listens at a Unix socket (those are reached across network namespaces), the address that was meant in the first line.
 */
const [socketPath = '', port = ''] = process.argv.slice(2)

createServer(incoming => {
  const outgoing = connect(socketPath)
  outgoing.write(`${incoming.localAddress}\n`)
  incoming.pipe(outgoing).pipe(incoming)
  incoming.on('error', () => outgoing.destroy())
  outgoing.on('error', () => incoming.destroy())
}).listen(Number(port), '0.0.0.0', () => console.log('listening'))
