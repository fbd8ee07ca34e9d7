import { builtinModules } from 'node:module'
import type { Plugin } from 'esbuild'
import { gettersOf } from './getters.ts'

/** Builtins that Node has loaded anyway or that cost next to nothing; and the deprecated one, which bundle.ts refuses. */
const eager = ['async_hooks', 'buffer', 'fs', 'os', 'path', 'process', 'punycode', 'timers', 'url', 'util']

/**
 * Lets an ES module's `import { get } from 'node:https'` load the builtin at the first use of a name, not at start-up: https with
 * what it needs costs about 10 ms of processor time, crypto and readline some each, and most commands use few of them. A builtin
 * that is itself a function (stream, events, assert) stays as it is: a default import of it must be callable.
 */
export const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup(build) {
    build.onResolve({ filter: /^(node:)?[a-z0-9_]+(\/[a-z]+)?$/ }, async ({ path, kind, namespace }) => {
      const name = path.replace(/^node:/, '')
      if (kind !== 'import-statement' || namespace !== 'file') return undefined
      if (!builtinModules.includes(name) || eager.includes(name) || (await isFunction(name))) return undefined
      return { path: `node:${name}`, namespace: 'lazy-builtin' }
    })
    build.onLoad({ filter: /.*/, namespace: 'lazy-builtin' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter(
        name => name !== 'module.exports' && name !== 'default',
      )
      return { contents: gettersOf(names, `require(${JSON.stringify(path)})`), loader: 'js' }
    })
  },
}

async function isFunction(name: string): Promise<boolean> {
  const builtin: { default?: unknown } = await import(`node:${name}`)
  return typeof builtin.default === 'function'
}
