import { type ChildProcess, spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import fetch from 'node-fetch'
import { cached, contents } from '../../cache.ts'
import { run } from '../../processes.ts'

export interface Hdfs {
  /** Of the name node. */
  readonly url: string
  put(path: string, bytes: Buffer): Promise<void>
  stop(): Promise<void>
}

/** A name node and a data node of Hadoop 3.4 in one process, from Maven Central, with their files in a directory. */
export async function startHdfs(directory: string): Promise<Hdfs> {
  const jars = await installHdfs()
  const child = spawn(
    'java',
    ['-Xmx512m', '-cp', join(jars, '*'), join(import.meta.dirname, 'MiniHdfs.java'), directory],
    { stdio: ['pipe', 'pipe', 'ignore'] },
  )
  const url = await addressOf(child)
  return {
    url,
    put: (path, bytes) => put(url, path, bytes),
    async stop() {
      const ended = new Promise(resolve => child.once('exit', resolve))
      child.stdin?.end()
      await ended
    },
  }
}

async function installHdfs(): Promise<string> {
  const files = ['pom.xml', 'jars.sha256'].map(name => join(import.meta.dirname, name))
  const [pom = '', checksums = ''] = files
  return await cached('hdfs', await contents(...files), async directory => {
    console.log('fetching HDFS from Maven Central')
    const repository = join(directory, 'repository')
    const places = [`-Dmaven.repo.local=${repository}`, `-DoutputDirectory=${directory}`]
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', ...places]
    await run('mvn', ['--batch-mode', '--quiet', '--file', pom, ...goal])
    await run('sha256sum', ['--check', '--strict', '--quiet', checksums], { cwd: directory })
    await rm(repository, { recursive: true })
  })
}

async function addressOf(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('HDFS has no output')
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^WebHDFS: (\S+)/.exec(line)?.[1]
    if (url !== undefined) return url
  }
  throw new Error('HDFS ended before it was ready')
}

/** As the documentation has it: the name node says where, and that is where the bytes go. */
async function put(url: string, path: string, bytes: Buffer): Promise<void> {
  const encoded = path.split('/').map(encodeURIComponent).join('/')
  const target = `${url}/webhdfs/v1${encoded}?op=CREATE&overwrite=true&user.name=${encodeURIComponent(userInfo().username)}`
  const { headers } = await fetch(target, { method: 'PUT', redirect: 'manual' })
  const { status } = await fetch(headers.get('location') ?? '', {
    method: 'PUT',
    body: bytes,
  })
  if (status !== 201) throw new Error(`HDFS answered ${status} to a file`)
}
