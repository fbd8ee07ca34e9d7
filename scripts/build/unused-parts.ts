import type { Plugin } from 'esbuild'

/**
 * Parts of packages that this program never comes to, but that cost at start-up, and what stands in for them in the bundle. A part
 * that is come to after all throws and says so; it is never silently wrong.
 */
const standIns: Readonly<Record<string, string>> = {
  // ws looks for two native add-ons and does without them. Node warns on stderr when a single executable asks for such a module.
  bufferutil: 'throw new Error("bufferutil is not part of this program")',
  'utf-8-validate': 'throw new Error("utf-8-validate is not part of this program")',
  // node-fetch brings Blob, File and FormData of its own, with web streams: 8 ms. Node has all three, and we send and read text; but
  // its FormData brings undici: nothing that we send is one.
  'fetch-blob': 'module.exports = class { constructor(...parts) { return new Blob(...parts) } }',
  'yargs-platform-shim': 'module.exports = {}',
  'fetch-blob/from.js': 'module.exports = {}',
  'formdata-polyfill/esm.min.js': `module.exports = {
    FormData: class FormData {},
    formDataToBlob() { throw new Error("formDataToBlob is not part of this program") },
  }`,
}

/** Of yargs/helpers only the parser is called; this module brings the rest of yargs into memory. */
const yargsStandIn = { path: 'yargs-platform-shim', namespace: 'unused-part' }

export const unusedParts: Plugin = {
  name: 'unused-parts',
  setup(build) {
    build.onResolve(
      { filter: /^(bufferutil|utf-8-validate|fetch-blob|formdata-polyfill)(\/|$)/ },
      ({ path }) => (path in standIns ? { path, namespace: 'unused-part' } : undefined),
    )
    build.onResolve({ filter: /platform-shims\/esm\.mjs$/ }, () => yargsStandIn)
    build.onLoad({ filter: /.*/, namespace: 'unused-part' }, ({ path }) => ({
      contents: standIns[path] ?? '',
    }))
  },
}

/** What the clients of object stores can use where it is installed, and do without: the native add-on for proxies that want Kerberos. */
export const absentParts: Plugin = {
  name: 'absent-parts',
  setup(build) {
    build.onResolve({ filter: /^kerberos$/ }, ({ path }) => ({ path, namespace: 'absent-part' }))
    build.onLoad({ filter: /.*/, namespace: 'absent-part' }, ({ path }) => ({
      contents: `throw new Error('${path} is not part of this program')`,
    }))
  },
}
