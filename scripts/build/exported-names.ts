import { pathToFileURL } from 'node:url'

/** The names that a module exports, asked of the module itself: what a new version adds is there without our doing. */
export async function exportedNames(path: string): Promise<string[]> {
  const names = Object.keys(await import(pathToFileURL(path).href))
  const described = names.filter(name => name !== 'module.exports' && name !== '__esModule')
  return described.sort()
}
