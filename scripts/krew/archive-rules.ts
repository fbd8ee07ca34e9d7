import { createHash } from 'node:crypto'
import { broken, fieldsOf, textOf } from './fields.ts'

/** A file of an archive. */
interface Inside {
  readonly name: string
  readonly isProgram?: boolean
}

/** What krew and the review of its index want of the archive itself, by the fields of its platform. */
export function brokenArchive(
  platform: unknown,
  at: string,
  archive: Uint8Array,
  files: readonly Inside[],
): string[] {
  const { sha256, bin, uri } = fieldsOf(platform)
  const program = files.find(({ name }) => name === bin)
  const outside = files.filter(({ name }) => /^\/|(^|\/)\.\.(\/|$)|\\/.test(name))
  return broken([
    [createHash('sha256').update(archive).digest('hex') === sha256, `${at}.sha256: is another file’s`],
    [
      textOf(uri).endsWith('.zip') === isZip(archive) && textOf(uri).endsWith('.gz') === isGzip(archive),
      `${at}.uri: says another kind of archive`,
    ],
    [program !== undefined, `${at}.bin: is not in the archive`],
    [program?.isProgram === true, `${at}.bin: is no file that may be run`],
    [
      files.some(({ name }) => /^(licenses?|copying)(\.txt|\.md)?$/i.test(name)),
      `${at}.files: a licence is among what is installed`,
    ],
    [outside.length === 0, `${at}.uri: the archive writes outside its folder`],
  ])
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}
