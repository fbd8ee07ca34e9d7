import { installApacheOperator } from './apache/install.ts'
import { buildControlPlane } from './control-plane/build.ts'
import { installFlink } from './flink/install.ts'
import { installStorage } from './storage/install.ts'

/** Builds and fetches what the tests stand on, before mocha's clock runs: some minutes on a new machine, nothing afterwards. */
await buildControlPlane(console.log)
await installFlink(console.log)
await installApacheOperator(console.log)
await installStorage(console.log)
