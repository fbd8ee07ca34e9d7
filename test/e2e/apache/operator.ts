import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Stoppable } from '../parts.ts'
import { type RunningProcess, startProcess, untilReady } from '../processes.ts'
import type { ApacheInstallation } from './install.ts'

/** Its intervals are minutes by default; the rate limiter alone makes short ones seem to hang for 15 s (seen on 1.7.0). */
const configuration = `kubernetes.operator.reconcile.interval: 2 s
kubernetes.operator.observer.progress-check.interval: 1 s
kubernetes.operator.observer.rest-ready.delay: 0 s
kubernetes.operator.rate-limiter.refresh-period: 1 s
kubernetes.operator.rate-limiter.limit: 100
kubernetes.operator.resource.deletion.propagation: Background
kubernetes.operator.health.probe.enabled: false
kubernetes.operator.savepoint.trigger.grace-period: 5 s
kubernetes.operator.watched.namespaces: default
taskmanager.numberOfTaskSlots: 1
parallelism.default: 1
`

const logging = `rootLogger.level = INFO
rootLogger.appenderRef.console.ref = Console
appender.console.name = Console
appender.console.type = CONSOLE
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %-5p %c{1} [%X{resource.namespace}.%X{resource.name}] %m%n%ex
`

export interface ApacheOperator extends Stoppable {
  /** Its process is killed, and another one started, which knows what is written down and no more. */
  crash(): Promise<void>
}

/** The real operator, outside the cluster that it looks after: it reaches JobManagers at the loopback's rest.port. */
export async function startApacheOperator(options: {
  readonly installation: ApacheInstallation
  readonly kubeconfig: string
  readonly dir: string
}): Promise<ApacheOperator> {
  const { installation, kubeconfig, dir } = options
  const at = (name: string) => join(dir, name)
  await mkdir(dir)
  await writeFile(at('flink-conf.yaml'), configuration)
  await writeFile(at('log4j2.properties'), logging)
  await writeFile(at('kubeconfig'), kubeconfig, { mode: 0o600 })
  const jvm = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
  const main = 'org.apache.flink.kubernetes.operator.FlinkOperator'
  const words = [`-Dlog4j.configurationFile=${at('log4j2.properties')}`, '-cp', installation.classpath, main]
  const start = async (log: string) => {
    const env = { FLINK_CONF_DIR: dir, KUBECONFIG: at('kubeconfig') }
    const running = startProcess('java', [...jvm, ...words], { log: at(log), env })
    await untilReady('the Apache operator', running, () => controllersStarted(running))
    return running
  }
  let running = await start('log')
  return {
    async crash() {
      process.kill(running.pid, 'SIGKILL')
      await running.ended
      running = await start('log-after-crash')
    },
    stop: () => running.stop(),
  }
}

/** One controller a kind. */
async function controllersStarted({ log }: RunningProcess): Promise<true | undefined> {
  const started = (await readFile(log, 'utf8')).match(/controller started/g) ?? []
  return started.length >= 2 ? true : undefined
}
