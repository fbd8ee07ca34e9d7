import assert from 'node:assert/strict'
import { about, aboutFailure, asideOf } from '../../../src/commands/take/aside.ts'
import { failure } from '../../../src/domain/failure.ts'
import { fakePerson, until } from '../../support/fakes.ts'

const orders = { shown: 'flinkcluster/orders' }
const inShop = { ...orders, namespace: 'shop' }

describe('what is said of one job among many', () => {
  it('gets the job’s name, and its namespace where there are several, unless it has them', () => {
    for (const [job, text, said] of [
      [orders, 'no reaction', 'flinkcluster/orders: no reaction'],
      [orders, 'Warning: old', 'Warning: flinkcluster/orders: old'],
      [orders, 'error: cut off', 'error: flinkcluster/orders: cut off'],
      [
        orders,
        'error: the savepoint of flinkcluster/orders failed',
        'error: the savepoint of flinkcluster/orders failed',
      ],
      [
        orders,
        'Error from server (NotFound): x "orders" not found',
        'Error from server (NotFound): x "orders" not found',
      ],
      [inShop, 'no reaction', 'flinkcluster/orders -n shop: no reaction'],
      [
        inShop,
        'the savepoint of flinkcluster/orders failed',
        'the savepoint of flinkcluster/orders -n shop failed',
      ],
      [inShop, 'x "orders" not found', 'flinkcluster/orders -n shop: x "orders" not found'],
    ] as const) {
      assert.equal(about(job, text), said)
    }
  })

  it('leaves commands to type as they are', () => {
    const told = failure(
      'no',
      'it failed',
      'to look: kubectl flinksp history flinkcluster/orders -n shop',
      'may be down',
    )
    assert.deepEqual(
      [aboutFailure(inShop, told).message, aboutFailure(inShop, told).hints],
      [
        'error: flinkcluster/orders -n shop: it failed',
        [
          'to look: kubectl flinksp history flinkcluster/orders -n shop',
          'flinkcluster/orders -n shop: may be down',
        ],
      ],
    )
  })

  it('asks one question at a time, also after one that went wrong', async () => {
    const open: PromiseWithResolvers<boolean | undefined>[] = []
    const asked: string[] = []
    const person = {
      ...fakePerson(),
      confirm(text: string) {
        asked.push(text)
        const answer = Promise.withResolvers<boolean | undefined>()
        open.push(answer)
        return answer.promise
      },
    }
    const aside = asideOf(person)
    const answers = ['fc/a', 'fc/b', 'fc/c'].map(shown => aside({ shown }).confirm('Withdraw it?'))
    const ends = Promise.allSettled(answers)
    await until(() => asked.length === 1)
    assert.deepEqual(asked, ['fc/a: Withdraw it?'])
    open[0]?.reject(new Error('terminal gone'))
    await until(() => asked.length === 2)
    open[1]?.resolve(true)
    await until(() => asked.length === 3)
    open[2]?.resolve(undefined)
    assert.deepEqual(
      (await ends).map(end => (end.status === 'fulfilled' ? end.value : 'rejected')),
      ['rejected', true, undefined],
    )
    assert.deepEqual(asked, ['fc/a: Withdraw it?', 'fc/b: Withdraw it?', 'fc/c: Withdraw it?'])
  })

  it('does not ask what nobody waits for any more', async () => {
    const person = fakePerson([true])
    assert.equal(await asideOf(person)(orders).confirm('Withdraw it?', AbortSignal.abort()), undefined)
    assert.deepEqual(person.asked, [])
  })
})
