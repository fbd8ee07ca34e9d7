/**
 * What CI reads of a run: how many passed, which failed and why, and which had to be tried again, in a line each, so that
 * the end of a log says what happened even where its middle is cut.
 */
exports.lastLines = runner => {
  const lines = []
  const tell = what => (test, error) => {
    const reason = String(error?.message ?? error).replace(/\s+/g, ' ')
    lines.push(`${what}: ${test.fullTitle()}: ${reason.slice(0, 400)}`)
  }
  runner.on('fail', tell('failed'))
  runner.on('retry', tell('tried again'))
  runner.once('end', () => {
    const { passes, failures } = runner.stats
    for (const line of lines) process.stdout.write(`${line}\n`)
    process.stdout.write(`${passes} passed, ${failures} failed\n`)
  })
}
