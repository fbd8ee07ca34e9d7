import type { Plugin } from 'esbuild'

/**
 * string-width takes every text apart with the regular expressions of escapes and emoji, and cli-table3 asks it ten times for
 * each cell: a third of what a table of twenty rows costs. Printable ASCII, our bars and the mark of what is
 * cut, which most of them are, are as wide as they are long.
 */
const contents = `const width = require('string-width')
const ascii = /^[ -~█…]*$/
module.exports = text => (typeof text === 'string' && ascii.test(text) ? text.length : width(text))
module.exports.default = module.exports`

export const quickWidths: Plugin = {
  name: 'quick-widths',
  setup(build) {
    build.onResolve({ filter: /^string-width$/ }, ({ namespace }) =>
      namespace === 'quick-widths' ? undefined : { path: 'string-width', namespace: 'quick-widths' },
    )
    build.onLoad({ filter: /.*/, namespace: 'quick-widths' }, () => ({
      contents,
      resolveDir: import.meta.dirname,
    }))
  },
}
