// The single executable's main file: runs the program that the executable carries, with what V8 compiled of it at build time.
const { getAssetKeys, getRawAsset } = require('node:sea')
const { Script } = require('node:vm')

// esbuild writes ASCII only, so that every byte is a character.
const textOf = asset => Buffer.from(getRawAsset(asset)).latin1Slice()

/** A part that is not needed is not even read. */
function loadPart(name) {
  const module = { exports: {} }
  const filename = `kubectl-flinksp-${name}.cjs`
  const script = new Script(textOf(`part-${name}.cjs`), { filename })
  script.runInThisContext()(module.exports, require, module)
  return module.exports
}

// For a platform that the build could not run there is none.
const cachedData = getAssetKeys().includes('program.cache')
  ? Buffer.from(getRawAsset('program.cache'))
  : undefined
const program = new Script(textOf('program.cjs'), { filename: 'kubectl-flinksp.cjs', cachedData })
program.runInThisContext()(require, process, loadPart)
