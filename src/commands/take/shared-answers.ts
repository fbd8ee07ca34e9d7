import type { Cluster } from '../../domain/ports.ts'

/** The same cluster for many jobs: what is so for all of them is asked once. */
export function sharedAnswers(cluster: Cluster, allNamespaces: boolean): Cluster {
  const answers = new Map<string, Promise<unknown>>()
  const once = <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const answer = (answers.get(key) as Promise<T> | undefined) ?? ask()
    answers.set(key, answer)
    return answer
  }
  const mayIn = (verb: string, resource: Parameters<Cluster['may']>[1]) =>
    once(`may ${verb} ${JSON.stringify(resource)}`, () => cluster.may(verb, resource))
  return {
    ...cluster,
    /** Of the namespace, or all of them: a right to one object by its name is not looked for, which would be a request a job. */
    async may(verb, { name: _, ...resource }) {
      if (allNamespaces && (await mayIn(verb, { ...resource, namespace: '' }))) return true
      return mayIn(verb, resource)
    },
    read: path => once(`read ${path}`, () => cluster.read(path)),
    recall: key => once(`recall ${key}`, () => cluster.recall(key)),
    async remember(key, value) {
      answers.set(`recall ${key}`, Promise.resolve(value))
      await cluster.remember(key, value)
    },
  }
}
