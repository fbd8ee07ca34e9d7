/**
 * Which commands are run before the build's end, and whose compiled code is carried together: what V8 is given it reads as a whole, so
 * `version` should not read what only `history` runs. start.cjs chooses. SAVEPOINT is a directory with one.
 */
export const rehearsals: Readonly<Record<string, readonly (readonly string[])[]>> = {
  help: [['version'], ['--help'], ['take', '--help'], ['__complete', 'h'], ['__complete', 'take', '--v']],
  history: [
    ['history', 'flinkcluster/model'],
    ['history', 'model'],
  ],
  inspect: [
    ['inspect', 'SAVEPOINT'],
    ['inspect', 'SAVEPOINT', '-o', 'json'],
  ],
}
