import { join } from 'node:path'
import { measureInspect } from './bench/inspect-section.ts'

/** Holds `inspect` to its bars: half the time of Flink's own reader and 2 × the file in memory; of a small file, 1.2 × `version`. */
const { large, small } = await measureInspect(join(import.meta.dirname, '..', 'dist', 'kubectl-flinksp'))
const bars = large.flatMap(({ what, fileMb, ours, flinks }) => [
  { what: `${what}: time beside Flink's reader`, is: ours.seconds / flinks.seconds, atMost: 0.5 },
  { what: `${what}: memory beside the file`, is: ours.peakMb / fileMb, atMost: 2 },
])
bars.push({ what: 'a small file: time beside version', is: small.inspect / small.version, atMost: 1.2 })
for (const { what, is, atMost } of bars)
  console.log(`${is <= atMost ? 'holds' : 'FAILS'}: ${what}: ${is.toFixed(2)} × (at most ${atMost} ×)`)
process.exitCode = bars.every(({ is, atMost }) => is <= atMost) ? 0 : 1
