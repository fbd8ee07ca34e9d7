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

/** What V8 compiled while the build rehearsed a command like this one (rehearsals.ts); what has none is most like history. */
function rehearsal(words) {
  const [verb, ...more] = words.filter(word => !word.startsWith('-'))
  if (verb === undefined || words.includes('--help') || words.includes('-h')) return 'help'
  if (verb === '__complete') return more.length > 1 ? 'history' : 'help'
  if (['version', 'help', 'options', 'completion'].includes(verb)) return 'help'
  return verb === 'inspect' ? 'inspect' : 'history'
}

const cache = `${rehearsal(process.argv.slice(2))}.cache`
// For a platform that the build could not run there is none.
const cachedData = getAssetKeys().includes(cache) ? Buffer.from(getRawAsset(cache)) : undefined
const program = new Script(textOf('program.cjs'), { filename: 'kubectl-flinksp.cjs', cachedData })
program.runInThisContext()(require, process, loadPart)
