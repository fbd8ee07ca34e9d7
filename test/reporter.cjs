const { reporters } = require('mocha')
const { lastLines } = require('./last-lines.cjs')

/** mocha's dots, what did not run, and the lines that CI reads. */
class Reporter extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options)
    const notRun = []
    runner.on('pending', test => notRun.push(test.fullTitle()))
    runner.once('end', () => {
      for (const title of notRun) process.stdout.write(`not run: ${title}\n`)
      if (notRun.length > 0) process.stdout.write(`${notRun.length} not run\n`)
    })
    lastLines(runner)
  }
}

module.exports = Reporter
