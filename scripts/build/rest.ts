import { relative, resolve } from 'node:path'
import type { Plugin } from 'esbuild'

/**
 * What `version`, `inspect` and `history` of one job import dynamically. They and all that these import are the program; what only other
 * commands run is a part of its own, the rest: V8 takes note of each function of a text at every start, whether it runs or not. A
 * rehearsal of one of them that asks for the rest ends the build (rehearsals.ts).
 */
const early = [
  'src/commands/history.ts',
  'src/commands/inspect.ts',
  'src/commands/version.ts',
  'src/flink/exchange.ts',
  'src/flink/rest.ts',
  'src/kube/connect.ts',
  'src/kube/exec-login.ts',
  'src/operators/apache/snapshots.ts',
  'src/operators/apache/traces.ts',
  'src/operators/flink-cluster/traces.ts',
  'src/storage/local.ts',
  'src/view/inspection.ts',
  'src/view/savepoint-table.ts',
  'src/view/table.ts',
]

/** A module of ours; its path from the project's root is its name. Packages stay where they are asked for. */
const ours = { filter: /^\.\.?\/.*\.ts$/ }

function nameOf(path: string, directory: string): string {
  return relative('.', resolve(directory, path))
}

/** For a first look: leaves out what is imported dynamically and not early, and gives `late` its names. */
export function withoutLate(late: Set<string>): Plugin {
  return {
    name: 'without-late',
    setup(build) {
      build.onResolve(ours, ({ path, kind, resolveDir }) => {
        const name = nameOf(path, resolveDir)
        if (kind !== 'dynamic-import' || early.includes(name)) return undefined
        late.add(name)
        return { path, external: true }
      })
    },
  }
}

/** In the program: what is of the rest comes from there; `shared` are the modules of the program that the rest uses too. */
export function fromRest(rest: ReadonlySet<string>, shared: ReadonlySet<string>): Plugin {
  return {
    name: 'from-rest',
    setup(build) {
      build.onResolve(ours, ({ path, kind, resolveDir }) => {
        const name = nameOf(path, resolveDir)
        return kind === 'dynamic-import' && rest.has(name) ? { path: name, namespace: 'rest' } : undefined
      })
      build.onLoad({ filter: /.*/, namespace: 'rest' }, ({ path }) => ({
        contents: `module.exports = require('loaded')[${JSON.stringify(path)}]()`,
      }))
      // A module of its own, so that it is loaded once, whoever asks first.
      build.onResolve({ filter: /^loaded$/, namespace: 'rest' }, ({ path }) => ({ path, namespace: path }))
      build.onLoad({ filter: /.*/, namespace: 'loaded' }, () => ({
        contents: `module.exports = loadPart('rest', require('shared'))`,
      }))
      build.onResolve({ filter: /^shared$/, namespace: 'loaded' }, ({ path }) => ({ path, namespace: path }))
      build.onLoad({ filter: /.*/, namespace: 'shared' }, () => ({
        contents: registerOf(shared),
        resolveDir: '.',
      }))
    },
  }
}

/** In the rest: what is of the program comes from there, so that no class of ours is there twice. `shared` gets its names. */
export function fromProgram(program: ReadonlySet<string>, shared: Set<string>): Plugin {
  return {
    name: 'from-program',
    setup(build) {
      build.onResolve(ours, ({ path, resolveDir, namespace }) => {
        const name = nameOf(path, resolveDir)
        if (namespace !== 'file' || !program.has(name)) return undefined
        shared.add(name)
        return { path: name, namespace: 'program' }
      })
      build.onLoad({ filter: /.*/, namespace: 'program' }, ({ path }) => ({
        contents: `module.exports = shared[${JSON.stringify(path)}]()`,
      }))
    },
  }
}

/** Modules by their names, each evaluated when it is first asked for. */
export function registerOf(names: Iterable<string>): string {
  const lines = [...names].sort().map(name => `'${name}': () => require('./${name}'),`)
  return `module.exports = {\n${lines.join('\n')}\n}\n`
}
