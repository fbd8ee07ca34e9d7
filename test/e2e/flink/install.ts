import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cached, contents } from '../cache.ts'
import { run } from '../processes.ts'

const job = join(import.meta.dirname, '..', 'job')
const mainClass = 'CountingJob'

export interface FlinkInstallation {
  /** For `java -cp`: Flink's lib folder, with a star. */
  readonly classpath: string
  readonly jobJar: string
  readonly jobClass: string
}

/** Flink's jars from PyPI, and the job of test/e2e/job compiled against them; both kept between runs. */
export async function installFlink(say: (line: string) => void): Promise<FlinkInstallation> {
  const requirements = join(import.meta.dirname, 'requirements.txt')
  const lib = await cached('flink', await contents(requirements), async directory => {
    say("fetching Flink's jars from PyPI")
    await fetchJars(requirements, directory)
  })
  const classpath = join(lib, '*')
  const sources = (await readdir(job)).filter(name => name.endsWith('.java')).map(name => join(job, name))
  const jar = await cached('job', [lib, ...(await contents(...sources.sort()))], async directory => {
    say('compiling the counting job')
    const classes = join(directory, 'classes')
    await mkdir(classes)
    await run('javac', ['--release', '11', '-cp', classpath, '-d', classes, ...sources])
    await run('jar', ['--create', '--file', join(directory, 'counting-job.jar'), '-C', classes, '.'])
  })
  return { classpath, jobJar: join(jar, 'counting-job.jar'), jobClass: mainClass }
}

/** The needed part of lib/: the DataStream API and runtime, and logging; not Table, Scala and Python (350 MB). */
async function fetchJars(requirements: string, directory: string): Promise<void> {
  const scratch = join(directory, 'scratch')
  await mkdir(scratch)
  const download = ['download', '--no-deps', '--no-binary', ':all:', '--require-hashes']
  await run('pip', [...download, '--disable-pip-version-check', '-r', requirements, '-d', scratch])
  const [archive = ''] = await readdir(scratch)
  await run('tar', ['xzf', join(scratch, archive), '-C', scratch, '--wildcards', '*/deps/lib/*'])
  const jars = join(scratch, archive.replace(/\.tar\.gz$/, ''), 'deps', 'lib')
  const wanted = (await readdir(jars)).filter(name => /^(flink-dist|log4j-)/.test(name))
  for (const name of wanted) await rename(join(jars, name), join(directory, name))
  await rm(scratch, { recursive: true })
}
