import { builtinModules } from 'node:module'
import type { Plugin } from 'esbuild'
import { gettersOf } from './getters.ts'

/** Builtins that Node has loaded anyway or that cost next to nothing; and the deprecated one, which bundle.ts refuses. */
const eager = [
  'assert',
  'async_hooks',
  'buffer',
  'events',
  'fs',
  'os',
  'path',
  'process',
  'punycode',
  'timers',
  'url',
  'util',
]

/**
 * Lets an ES module's `import { get } from 'node:https'` load the builtin at the first use of a name, not at start-up: https with
 * what it needs costs 30 ms of processor time, crypto and readline some each, and most commands use few of them.
 */
export const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup(build) {
    build.onResolve({ filter: /^(node:)?[a-z0-9_]+(\/[a-z]+)?$/ }, ({ path, kind, namespace }) => {
      const name = path.replace(/^node:/, '')
      const wanted = kind === 'import-statement' && namespace === 'file' && builtinModules.includes(name)
      return wanted && !eager.includes(name) ? { path: `node:${name}`, namespace: 'lazy-builtin' } : undefined
    })
    build.onLoad({ filter: /.*/, namespace: 'lazy-builtin' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter(name => name !== 'module.exports')
      return { contents: gettersOf(names, `require(${JSON.stringify(path)})`), loader: 'js' }
    })
  },
}
