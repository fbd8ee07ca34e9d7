import { connect, createServer } from 'node:net'

/**
 * Run inside a network namespace of its own: takes every connection to any address there at some ports and hands it to whoever
 * listens at a Unix socket (those are reached across network namespaces), the address that was meant in the first line.
 */
const [socketPath = '', ...ports] = process.argv.slice(2)

function relay(port: number): Promise<void> {
  const server = createServer(incoming => {
    const outgoing = connect(socketPath)
    outgoing.write(`${incoming.localAddress}\n`)
    incoming.pipe(outgoing).pipe(incoming)
    incoming.on('error', () => outgoing.destroy())
    outgoing.on('error', () => incoming.destroy())
  })
  return new Promise(resolve => server.listen(port, '0.0.0.0', resolve))
}

await Promise.all(ports.map(port => relay(Number(port))))
console.log('listening')
