import assert from 'node:assert/strict'
import { resourceOf } from '../../src/domain/resource.ts'
import { jobOperators, operatorOf } from '../../src/operators/index.ts'

describe('the table of operators', () => {
  for (const operator of jobOperators) {
    const { group, kind, words } = operator.kind

    it(`finds ${kind} by its kind, and by an object of any version`, () => {
      const found = ['v1', 'v1alpha1', 'v1beta1'].map(version => {
        const resource = resourceOf({ apiVersion: `${group}/${version}`, kind, metadata: { name: 'orders' } })
        return resource && operatorOf(resource)
      })
      assert.deepEqual([operatorOf({ group, kind, words }), ...found], Array(4).fill(operator))
    })

    it(`has the name of ${kind} in lower case among the words for it, after the plural`, () => {
      assert.deepEqual(words.slice(0, 2), [`${kind.toLowerCase()}s`, kind.toLowerCase()])
    })

    it(`loads each part of what is known of ${kind}`, async () => {
      const parts = await Promise.all([
        operator.taking(),
        operator.restoring(),
        operator.creating(),
        operator.stopping(),
        operator.automating(),
      ])
      const [taking, restoring, creating, stopping, automating] = parts
      const protocols = [taking, restoring, stopping, automating].map(({ protocol }) => typeof protocol)
      assert.deepEqual([...protocols, typeof creating.created], Array(5).fill('function'))
    })
  }

  it('takes a kind that it does not know for a mistake of ours', () => {
    for (const apiVersion of ['flinkoperator.k8s.io/v1beta1', 'v1']) {
      const pod = resourceOf({ apiVersion, kind: 'Pod', metadata: { name: 'orders' } })
      assert.throws(() => pod && operatorOf(pod), { message: 'no operator is known for Pod' })
    }
    const foreign = { group: 'example.com', kind: 'FlinkCluster', words: ['flinkclusters'] }
    assert.throws(() => operatorOf(foreign), { message: 'no operator is known for FlinkCluster' })
  })

  it('calls no two kinds by one word, and no two builds of one group by one name', () => {
    for (const names of [
      jobOperators.flatMap(({ kind }) => kind.words.map(word => `${word}.${kind.group}`)),
      jobOperators.flatMap(({ kind }) => kind.words),
      [...buildsByGroup().values()].flatMap(builds => [...builds]),
    ])
      assert.deepEqual(names, [...new Set(names)])
  })
})

/** The kinds of one group are of one operator. */
function buildsByGroup(): Map<string, ReadonlySet<string>> {
  return new Map(
    jobOperators.map(({ kind, builds }) => {
      const same = jobOperators.filter(other => other.kind.group === kind.group)
      return [kind.group, new Set([...builds, ...same.flatMap(other => other.builds)])]
    }),
  )
}
