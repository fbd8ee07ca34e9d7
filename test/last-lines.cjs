/** How long a run that has ended may take to close what it has opened. */
const closingMs = 30_000

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
    setTimeout(endAnyway, closingMs).unref()
  })
}

/** A test whose time was out may wait on, and CI would with it. */
function endAnyway() {
  const kinds = [...new Set(process.getActiveResourcesInfo())].join(', ')
  process.stdout.write(`failed: the tests have ended, and something of them goes on: ${kinds}\n`)
  // mocha has its own word on the exit code, at the exit.
  process.once('exit', () => {
    process.exitCode = 1
  })
  process.exit()
}
