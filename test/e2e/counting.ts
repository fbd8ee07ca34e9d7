import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from './conditions.ts'

/** What the counting job (job/CountingJob.java) tells in its directory. */
export interface Counting {
  /** Numbers counted so far. */
  count(): Promise<number>
  /** Resolves to a count that is this much further than now: the file may lag a few numbers behind. */
  countedOn(numbers: number): Promise<number>
  /** What each start of the source began with: `fresh` or `restored N`. */
  starts(): Promise<string[]>
}

export function counting(directory: string): Counting {
  const lines = async (name: string) => (await readFile(join(directory, name), 'utf8')).trimEnd().split('\n')
  const count = async () => Number((await lines('count'))[0])
  return {
    count,
    countedOn: async numbers => {
      const from = await count()
      return eventually('the job counts on', async () => {
        const now = await count()
        return now >= from + numbers ? now : undefined
      })
    },
    starts: () => lines('starts'),
  }
}

/** An object of Kubernetes whose job is the counting one, by real Flink. */
export interface CountingCluster {
  readonly name: string
  /** `KIND/NAME` */
  readonly shown: string
  /** For the job. */
  readonly args: readonly string[]
  readonly job: Counting
  readonly savepointsDir: string
  /** Some numbers are counted. */
  counts(): Promise<void>
  /** The result of something that starts the job anew, and the number that the source then goes on from. */
  restartedBy<T>(work: () => Promise<T>): Promise<{ result: T; from: number }>
  /** What snapshots do from now on. */
  snapshots(how: 'ok' | 'fail' | `slow ${number}`): Promise<void>
  /** The job ends with an exception, once. */
  fail(): Promise<void>
}

export function countingCluster(
  place: { readonly directory: string },
  kind: string,
  name: string,
): CountingCluster {
  const directory = join(place.directory, name)
  const job = counting(directory)
  return {
    name,
    shown: `${kind}/${name}`,
    args: ['--directory', directory, '--name', name],
    job,
    savepointsDir: join(place.directory, `${name}-savepoints`),
    counts: async () => {
      await eventually(`${name} counts`, async () => ((await job.count()) > 50 ? true : undefined))
    },
    restartedBy: async work => {
      const starts = (await job.starts()).length
      const result = await work()
      const from = await eventually(`${name} is started from a savepoint`, async () => {
        const [, number] = /^restored (\d+)$/.exec((await job.starts())[starts] ?? '') ?? []
        return number === undefined ? undefined : Number(number)
      })
      return { result, from }
    },
    snapshots: how => writeFile(join(directory, 'snapshots'), how),
    fail: () => writeFile(join(directory, 'fail'), ''),
  }
}
