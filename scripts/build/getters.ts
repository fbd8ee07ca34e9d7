/**
 * A CommonJS module whose every name is a getter, so that `load` is evaluated at the first use of one: esbuild compiles each use
 * of an imported name to a property access. A default import is the object with the getters, as Node has it for CommonJS.
 */
export function gettersOf(names: readonly string[], load: string): string {
  const lines = names.map(
    name => `  get ${JSON.stringify(name)}() { return load()[${JSON.stringify(name)}] },`,
  )
  return [
    'let loaded',
    `const load = () => (loaded ??= ${load})`,
    'module.exports = {',
    ...lines,
    '}',
    '',
  ].join('\n')
}
