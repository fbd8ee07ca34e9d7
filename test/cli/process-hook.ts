import { registerHooks } from 'node:module'

// Loaded before src/bin.ts: the program as it is, but with the commands of the test.
registerHooks({
  resolve(specifier, context, next) {
    const ours =
      specifier === './commands/index.ts' ? new URL('./process-commands.ts', import.meta.url).href : specifier
    return next(ours, context)
  },
})
