/** What package-lock.json says of a package and of its licence. */
export interface Licensed {
  readonly version?: string
  readonly license?: string
  readonly dev?: boolean
  readonly optional?: boolean
}

/** Licences that let a program under the Apache License 2.0 carry the work; of a choice, one is enough. */
const allowed = new Set([
  'Apache-2.0',
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
  'PSF-2.0',
])

/** For tools that are not carried along, these too. */
const allowedForTools = new Set([...allowed, 'CC0-1.0', 'CC-BY-4.0', 'Python-2.0'])

interface Package {
  readonly name: string
  readonly version: string
  readonly licence: string
}

/** Packages whose licence is not allowed, or not known, a line each. */
export function badLicences(packages: Readonly<Record<string, Licensed>>): string[] {
  return Object.entries(packages).flatMap(([path, held]) => {
    if (path === '') return []
    const licence = held.license
    // Added for other systems by `npm run lock`: npm knows no more of it.
    if (licence === undefined)
      return held.dev && held.optional ? [] : [`${path}: says nothing of its licence`]
    return isAllowed(licence, held.dev === true)
      ? []
      : [`${path}: ${licence} is not among the licences that we take`]
  })
}

function isAllowed(licence: string, isTool: boolean): boolean {
  const among = isTool ? allowedForTools : allowed
  return licence
    .replace(/^\(|\)$/g, '')
    .split(' OR ')
    .some(each => each.split(' AND ').every(one => among.has(one)))
}

/** docs/licences.md: every package of the program, by its licence. */
export function licencesPage(packages: Readonly<Record<string, Licensed>>): string {
  const carried = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev)
  const works = carried.map(([path, held]) => packageOf(path, held))
  const byLicence = Map.groupBy(unique(works), ({ licence }) => licence)
  const licences = [...byLicence].toSorted(([a], [b]) => a.localeCompare(b, 'en'))
  return [
    '# Licences',
    '',
    'Written by `npm run docs` from package-lock.json; do not edit. kubectl-flinksp is under the Apache License 2.0 (LICENSE). These are the',
    'packages that it is made with and that it needs at run time, of which the binary carries what is used; the archives of a release hold their texts.',
    'Node.js itself, which the binary carries too, is under the MIT licence and those of its parts. Other licences are refused by `npm run check`.',
    '',
    ...licences.flatMap(([licence, of]) => [
      `## ${licence}`,
      '',
      of.map(({ name, version }) => `${name} ${version}`).join(', '),
      '',
    ]),
  ].join('\n')
}

function packageOf(path: string, { version = '', license = 'unknown' }: Licensed): Package {
  return { name: path.replace(/^.*node_modules\//, ''), version, licence: license.replace(/^\(|\)$/g, '') }
}

function unique(works: readonly Package[]): Package[] {
  const byName = new Map(works.map(work => [`${work.name} ${work.version}`, work]))
  return [...byName.values()].toSorted(
    (a, b) => a.name.localeCompare(b.name, 'en') || a.version.localeCompare(b.version, 'en'),
  )
}
