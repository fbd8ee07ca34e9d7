/**
 * What CI reads of a run: how many passed, and which failed and why, in a line each, so that the end of a log says
 * what happened even where its middle is cut.
 */
exports.lastLines = runner => {
  const failed = []
  runner.on('fail', (test, error) => {
    failed.push(
      `failed: ${test.fullTitle()}: ${String(error?.message ?? error)
        .replace(/\s+/g, ' ')
        .slice(0, 400)}`,
    )
  })
  runner.once('end', () => {
    const { passes, failures } = runner.stats
    for (const line of failed) process.stdout.write(`${line}\n`)
    process.stdout.write(`${passes} passed, ${failures} failed\n`)
  })
}
