import { readFileSync } from 'node:fs'
import { Script } from 'node:vm'

/** `accepted-cache.ts TEXT CACHE`: fails unless the V8 that runs this takes the cache; a refused one would only be slow. */
const [text = '', cache = ''] = process.argv.slice(2)
const script = new Script(readFileSync(text, 'latin1'), {
  cachedData: readFileSync(cache),
})
if (script.cachedDataRejected !== false) throw new Error(`V8 does not take ${cache}`)
