// The single executable's main file: runs the program that the executable carries, with what V8 compiled of it at build time.
const { getRawAsset } = require('node:sea')
const { Script } = require('node:vm')

// esbuild writes ASCII only, so that every byte is a character.
const source = Buffer.from(getRawAsset('program.cjs')).latin1Slice()
const cachedData = Buffer.from(getRawAsset('program.cache'))
new Script(source, { filename: 'kubectl-flinksp.cjs', cachedData }).runInThisContext()(require, process)
