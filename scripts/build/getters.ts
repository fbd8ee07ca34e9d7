/**
 * A CommonJS module whose every name is a getter, so that `load` is evaluated at the first use of one: esbuild compiles each use
 * of an imported name to a property access.
 */
export function gettersOf(names: readonly string[], load: string): string {
  const lines = names.map(name =>
    name === 'default'
      ? '  get default() { return load().default ?? load() },'
      : `  get ${JSON.stringify(name)}() { return load()[${JSON.stringify(name)}] },`,
  )
  return [
    'let loaded',
    `const load = () => (loaded ??= ${load})`,
    'module.exports = {',
    '  __esModule: true,',
    ...lines,
    '}',
    '',
  ].join('\n')
}
