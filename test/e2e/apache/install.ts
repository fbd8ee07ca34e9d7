import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cached, contents } from '../cache.ts'
import { run } from '../processes.ts'

export interface ApacheInstallation {
  /** For `java -cp`. */
  readonly classpath: string
}

/** apache/flink-kubernetes-operator 1.7.0 with all that it needs, from Maven Central; kept between runs. */
export async function installApacheOperator(say: (line: string) => void): Promise<ApacheInstallation> {
  const pom = join(import.meta.dirname, 'pom.xml')
  const checksums = join(import.meta.dirname, 'jars.sha256')
  const lib = await cached('apache-operator', await contents(pom, checksums), async directory => {
    say('fetching the Apache operator from Maven Central')
    await fetchJars(pom, checksums, directory)
  })
  const first = ['standalone', 'operator'].map(name => join(lib, `flink-kubernetes-${name}-1.7.0.jar`))
  // Both have classes of Flink's own that they change: they come before Flink's.
  return { classpath: [...first, join(lib, '*')].join(':') }
}

async function fetchJars(pom: string, checksums: string, directory: string): Promise<void> {
  const repository = join(directory, 'repository')
  const places = [`-Dmaven.repo.local=${repository}`, `-DoutputDirectory=${directory}`]
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', ...places]
  await run('mvn', ['--batch-mode', '--quiet', '--file', pom, ...goal])
  await run('sha256sum', ['--check', '--strict', '--quiet', checksums], { cwd: directory })
  await rm(repository, { recursive: true })
}
