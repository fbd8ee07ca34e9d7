const { reporters } = require('mocha')

/** mocha's spec reporter, and a last line that a script can add up. */
class Reporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options)
    runner.once('end', () => {
      const { passes, failures } = runner.stats
      process.stdout.write(`${passes} passed, ${failures} failed\n`)
    })
  }
}

module.exports = Reporter
