import { registerHooks } from 'node:module'

// Loaded before src/bin.ts: the program as it is, but with the commands of the test.
registerHooks({
  resolve(specifier, context, next) {
    const ours =
      specifier === './commands/index.ts' ? import.meta.resolve('./process-commands.ts') : specifier
    return next(ours, context)
  },
})
