import assert from 'node:assert/strict'
import { linesAbout } from '../../../src/commands/bundle/log-lines.ts'

const about = (lines: readonly string[]) =>
  lines.filter(linesAbout({ namespace: 'default', name: 'orders', ids: ['fd0f0feac0c2e081'] }))

describe('The lines of a log that are about a job', () => {
  it('name it, as each operator writes its name, or an id of it', () => {
    const lines = [
      'INFO\tcontrollers.FlinkCluster\tObserved\t{"cluster": "default/orders", "state": "Running"}',
      '{"level":"info","namespace":"default","name":"orders","msg":"Triggered savepoint."}',
      '2026-03-01 11:00:00,000 o.a.f.k.o.c.FlinkDeploymentController [INFO ][default/orders] Starting',
      '[default.orders] savepoint failed',
      'job fd0f0feac0c2e081 is in state RUNNING',
      'FlinkDeployment "orders" is invalid',
    ]
    assert.deepEqual(about(lines), lines)
  })

  it('are not those of a job in another namespace, or of a longer name', () => {
    assert.deepEqual(
      about([
        'other/orders failed',
        'default/orders-eu failed',
        'reorders failed',
        'orders2',
        'ordersx',
        'pre-orders',
      ]),
      [],
    )
  })

  it('have their stack traces with them, and no others', () => {
    const lines = [
      'ERROR default/orders',
      'java.io.IOException: full',
      '\tat a.B.c(B.java:1)',
      'Caused by: java.lang.Error: x',
      '\t... 12 more',
      'ERROR default/payments',
      '\tat a.B.c(B.java:1)',
    ]
    assert.deepEqual(about(lines), lines.slice(0, 5))
  })

  it('have no trace that never ends', () => {
    const lines = ['default/orders', ...Array.from({ length: 1_000 }, () => '\tat a.B')]
    assert.equal(about(lines).length, 61)
  })
})
