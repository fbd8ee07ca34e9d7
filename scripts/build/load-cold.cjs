// Part of the program, not of the build: gives the modules of the bundle's second file.
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const { getAsset, isSea } = require('node:sea')
const { compileFunction } = require('node:vm')

let modules

module.exports = name => {
  modules ??= load()
  return modules[name]()
}

function load() {
  const file = 'cold.cjs'
  const code = isSea() ? getAsset(file, 'utf8') : readFileSync(join(__dirname, file), 'utf8')
  const module = { exports: {} }
  compileFunction(code, ['module', 'exports', 'require', 'process'], { filename: file })(
    module,
    module.exports,
    require,
    process,
  )
  return module.exports
}
