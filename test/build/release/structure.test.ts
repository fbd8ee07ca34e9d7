import assert from 'node:assert/strict'
import type { Platform } from '../../../scripts/build/platforms.ts'
import { readyToSign } from '../../../scripts/release/formats/mach-o.ts'
import { withoutSignature } from '../../../scripts/release/formats/pe.ts'
import { brokenProgram, sha256 } from '../../../scripts/release/structure.ts'
import { elf, fuse, machO, pe, seaBlob, signed } from './programs.ts'

const linux: Platform = { os: 'linux', arch: 'amd64' }
const darwin: Platform = { os: 'darwin', arch: 'arm64' }
const windows: Platform = { os: 'windows', arch: 'amd64' }

const assets = { 'program.cjs': '(function(){})', 'part-s3.cjs': '(function(){/*s3*/})' }
const carried = {
  main: sha256('start'),
  assets: new Map(Object.entries(assets).map(([name, text]) => [name, sha256(text)])),
  caches: [],
}
const blob = seaBlob('start', assets)
const mac = (inside = blob, options = {}) => signed(readyToSign(machO(inside, options)))
const broken = (file: Buffer, platform: Platform) => brokenProgram(file, platform, carried)
const withFuse = (file: Buffer, wanted: string) =>
  Buffer.from(file.toString('latin1').replace(fuse, wanted), 'latin1')

describe('a program of a release', () => {
  it('is right where its headers, its signature and what it carries are', () => {
    assert.deepEqual(broken(elf(blob), linux), [])
    assert.deepEqual(broken(elf(blob, { machine: 183 }), { os: 'linux', arch: 'arm64' }), [])
    assert.deepEqual(broken(mac(), darwin), [])
    assert.deepEqual(broken(mac(blob, { cpu: 16777223 }), { os: 'darwin', arch: 'amd64' }), [])
    assert.deepEqual(broken(pe(blob), windows), [])
    assert.deepEqual(broken(pe(blob, { machine: 0xaa64 }), { os: 'windows', arch: 'arm64' }), [])
  })

  it('is refused for another system', () => {
    assert.deepEqual(broken(elf(blob), darwin), ['no Mach-O file of 64 bits'])
    assert.deepEqual(broken(elf(blob), windows), ['no PE file'])
    assert.deepEqual(broken(pe(blob), linux), ['no little-endian ELF file of 64 bits'])
    assert.deepEqual(broken(Buffer.alloc(0), linux), ['it ends too early, or points outside itself'])
  })

  it('is refused for another processor', () => {
    assert.deepEqual(broken(elf(blob, { machine: 183 }), linux), ['it is for arm64'])
    assert.deepEqual(broken(elf(blob, { machine: 40 }), linux), ['it is for another processor'])
    assert.deepEqual(broken(mac(blob, { cpu: 16777223 }), darwin), ['it is for amd64'])
    assert.deepEqual(broken(pe(blob, { machine: 0x14c }), windows), ['it is for another processor'])
  })

  it('is refused where it is a bare Node', () => {
    const bare = ['it carries no program']
    assert.deepEqual(broken(elf(blob, { noteName: 'OTHER' }), linux), bare)
    assert.deepEqual(broken(mac(blob, { segmentName: '__DATA' }), darwin), bare)
    assert.deepEqual(broken(pe(blob, { name: 'ICON' }), windows), bare)
  })

  it('is refused where Node would not look for what it carries', () => {
    assert.deepEqual(broken(withFuse(elf(blob), fuse.replace(/1$/, '0')), linux), [
      'its Node is not told that it carries a program',
    ])
    assert.deepEqual(broken(withFuse(elf(blob), ''), linux), ['it is no Node that carries a program'])
    assert.deepEqual(broken(withFuse(elf(blob), fuse + fuse), linux), [
      'it is no Node that carries a program',
    ])
  })

  it('is refused with another program in it, by the name of what is another', () => {
    assert.deepEqual(broken(elf(seaBlob('another', assets)), linux), ['its main file is another'])
    assert.deepEqual(broken(elf(seaBlob('start', { ...assets, 'program.cjs': 'x' })), linux), [
      'program.cjs in it is another',
    ])
    assert.deepEqual(broken(elf(seaBlob('start', { 'program.cjs': assets['program.cjs'] })), linux), [
      'part-s3.cjs is not in it',
    ])
    assert.deepEqual(broken(elf(seaBlob('start', { ...assets, extra: 'x' })), linux), [
      'extra in it is none of ours',
    ])
    assert.deepEqual(broken(elf(Buffer.from('no blob of Node’s')), linux), ['no blob of a single executable'])
    assert.deepEqual(broken(elf(blob.subarray(0, blob.length - 4)), linux), ['the blob ends too early'])
  })

  it('has a code cache exactly where its V8 could be run', () => {
    const cached = elf(seaBlob('start', { ...assets, 'history.cache': 'x' }))
    assert.deepEqual(brokenProgram(cached, linux, { ...carried, caches: ['history.cache'] }), [])
    assert.deepEqual(broken(cached, linux), ['history.cache in it is none of ours'])
    assert.deepEqual(brokenProgram(elf(blob), linux, { ...carried, caches: ['history.cache'] }), [
      'history.cache is not in it',
    ])
  })
})

describe('the signature of a program for macOS', () => {
  it('begins at a multiple of 16', () => {
    assert.deepEqual(broken(signed(machO(blob)), darwin), [
      `the signature begins at ${machO(blob).length}, which is no multiple of 16`,
    ])
  })

  it('is refused where it is missing, or not ad hoc', () => {
    assert.deepEqual(broken(readyToSign(machO(blob)), darwin), ['it is not signed'])
    assert.deepEqual(broken(signed(readyToSign(machO(blob)), { flags: 0x10000 }), darwin), [
      'the signature is not ad hoc',
    ])
  })

  it('is refused where a byte was changed after it, in any page', () => {
    const large = mac(seaBlob('start', { ...assets, 'part-s3.cjs': `/*${' '.repeat(9_000)}*/` }))
    large[9_000] = 0x21
    assert.deepEqual(broken(large, darwin).slice(0, 1), ['page 2 is not what was signed'])
  })

  it('is refused where its own pieces were changed', () => {
    const file = mac()
    file[file.length - 1] = 1
    assert.deepEqual(broken(file, darwin), ['piece 2 of the signature is not what was signed'])
  })

  it('is refused where something follows it', () => {
    assert.deepEqual(broken(Buffer.concat([mac(), Buffer.alloc(16)]), darwin), [
      'the signature does not end the file',
    ])
  })

  it('is put on no file that has one, or that does not end with __LINKEDIT', () => {
    assert.throws(() => readyToSign(mac()), { message: 'it has a signature already' })
    assert.throws(() => readyToSign(Buffer.concat([machO(blob), Buffer.alloc(1)])), {
      message: '__LINKEDIT does not end the file',
    })
  })
})

describe('the signature of a program for Windows', () => {
  it('is refused where it is Node’s own, and taken away', () => {
    const file = pe(blob, { certificates: 0x200 })
    assert.deepEqual(broken(file, windows), ['it points to a signature that is not true of it'])
    assert.deepEqual(broken(withoutSignature(file), windows), [])
  })
})
