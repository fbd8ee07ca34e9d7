/** A package as a lock file names it. */
export interface Held {
  readonly integrity?: string
  readonly resolved?: string
  readonly link?: boolean
  readonly optional?: boolean
  readonly dev?: boolean
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly hasInstallScript?: boolean
}

/** What may run a program of its own when it is installed: both look whether they were installed well. */
const mayRun = ['esbuild', 'protobufjs']

/**
 * What npm would not hold to what was locked, a line each. A tool for developers on other systems (`npm run lock` added it without
 * its checksum, which the registry at hand did not know) is never installed here, and never part of the program.
 */
export function loosePackages(packages: Readonly<Record<string, Held>>): string[] {
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .flatMap(([path, held]) => {
      const name = path.replace(/^.*node_modules\//, '')
      const wrong = faultsOf(name, held)
      return wrong.map(fault => `${path}: ${fault}`)
    })
}

function faultsOf(name: string, held: Held): string[] {
  const elsewhere = held.dev === true && held.optional === true && (held.os ?? held.cpu) !== undefined
  return [
    ...(held.link ? ['is a link to a folder'] : []),
    ...(held.integrity === undefined && !elsewhere ? ['has no checksum'] : []),
    ...(held.integrity !== undefined && !/^sha512-[A-Za-z0-9+/]{86}==$/.test(held.integrity)
      ? ['has a checksum that is not sha512']
      : []),
    ...(held.resolved !== undefined && !held.resolved.startsWith('https://registry.npmjs.org/')
      ? [`comes from ${held.resolved}`]
      : []),
    ...(held.hasInstallScript && !mayRun.includes(name)
      ? ['runs a program of its own when it is installed']
      : []),
  ]
}
