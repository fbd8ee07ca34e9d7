// The single executable's main file: runs the program that the executable carries, with what V8 compiled of it at build time.
const { getAssetKeys, getRawAsset } = require('node:sea')
const { Script } = require('node:vm')

const carried = getAssetKeys()
const rehearsed = rehearsal(process.argv.slice(2))

/** The function that a text of the executable is. Of a platform that the build could not run nothing was compiled before. */
function carriedFunction(name, filename) {
  const cache = `${rehearsed}-${name}.cache`
  const cachedData = carried.includes(cache) ? Buffer.from(getRawAsset(cache)) : undefined
  // esbuild writes ASCII only, so that every byte is a character.
  const text = Buffer.from(getRawAsset(`${name}.cjs`)).latin1Slice()
  return new Script(text, { filename, cachedData }).runInThisContext()
}

/** A part that is not needed is not even read; whoever asks does so once. `shared`: what it uses of the program. */
function loadPart(name, shared) {
  const module = { exports: {} }
  carriedFunction(name, `kubectl-flinksp-${name}.cjs`)(module.exports, require, module, loadPart, shared)
  return module.exports
}

/** Which commands of those that the build rehearsed this one is most like (rehearsals.ts). */
function rehearsal(words) {
  const [verb, ...more] = words.filter(word => !word.startsWith('-'))
  if (verb === undefined || words.includes('--help') || words.includes('-h')) return 'help'
  if (verb === '__complete') return more.length > 1 ? 'history' : 'help'
  if (['version', 'help', 'options', 'completion'].includes(verb)) return 'help'
  return ['history', 'inspect'].includes(verb) ? verb : 'status'
}

carriedFunction('program', 'kubectl-flinksp.cjs')(require, process, loadPart)
