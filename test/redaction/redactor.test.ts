import assert from 'node:assert/strict'
import { redactor } from '../../src/redaction/redactor.ts'

describe('What was found to be a secret', () => {
  it('is taken out wherever else it stands, in every spelling', () => {
    const redact = redactor([])
    redact.json({ password: 'hunter2/"x"+ü' })
    const spellings = [
      'hunter2/"x"+ü',
      JSON.stringify('hunter2/"x"+ü').slice(1, -1),
      encodeURIComponent('hunter2/"x"+ü'),
      Buffer.from('hunter2/"x"+ü').toString('base64').replace(/=+$/, ''),
    ]
    assert.deepEqual(
      spellings.map(spelling => redact.again(`before ${spelling} after`)),
      spellings.map(() => 'before REDACTED after'),
    )
    assert.equal(redact.count(), 5)
  })

  it('is no word that stands everywhere, and not the name of the job', () => {
    const redact = redactor(['orders-of-today'])
    redact.json({
      token: 'short',
      password: 'orders-of-today',
      secret: '12345678',
      env: [{ name: 'A', value: '/opt/flink' }],
    })
    const text = 'short orders-of-today 12345678 /opt/flink'
    assert.equal(redact.again(text), text)
  })

  it('is looked for in JSON at the end of a line, and in JSON inside of texts', () => {
    const redact = redactor([])
    assert.deepEqual(
      [
        redact.line('INFO done {"env":[{"name":"A","value":"hunter2"}],"n":1}'),
        redact.line('{"args":["--key","hunter2"]}'),
        redact.text('[{"name":"API_TOKEN","value":"hunter2"}]'),
      ],
      [
        'INFO done {"env":[{"name":"A","value":"REDACTED"}],"n":1}',
        '{"args":["--key","REDACTED"]}',
        '[{"name":"API_TOKEN","value":"REDACTED"}]',
      ],
    )
  })

  it('does no harm where values are hostile', () => {
    const redact = redactor([])
    let deep: unknown = 'x'
    for (let n = 0; n < 100_000; n++) deep = [deep]
    assert.match(redact.json(deep), /REDACTED/)
    assert.equal(redact.json({ ['__proto__']: { password: 'hunter2hunter2' } }).includes('hunter2'), false)
    redact.json({ password: `lone \ud800 surrogate` })
    assert.equal(redact.again('nothing'), 'nothing')
    redact.json(Array.from({ length: 5_000 }, (_, n) => ({ password: `hunter2hunter2-${n}` })))
    assert.equal(redact.again('plain text'), 'plain text')
  })
})
