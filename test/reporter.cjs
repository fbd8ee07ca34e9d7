const { reporters } = require('mocha')

/** mocha's dots, what failed, and a last line that a script can add up. */
class Reporter extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options)
    runner.once('end', () => {
      const { passes, failures, pending } = runner.stats
      for (const title of this.notRun ?? []) process.stdout.write(`not run: ${title}\n`)
      if (pending > 0) process.stdout.write(`${pending} not run\n`)
      process.stdout.write(`${passes} passed, ${failures} failed\n`)
    })
    runner.on('pending', test => {
      this.notRun = [...(this.notRun ?? []), test.fullTitle()]
    })
  }
}

module.exports = Reporter
