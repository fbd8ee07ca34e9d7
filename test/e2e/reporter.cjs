const { reporters } = require('mocha')
const { lastLines } = require('../last-lines.cjs')

/** mocha's spec reporter, and the lines that CI reads. */
class Reporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options)
    lastLines(runner)
  }
}

module.exports = Reporter
