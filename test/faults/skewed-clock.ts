// Loaded before src/bin.ts: the program as it is, on a machine whose clock is so far off.
const skewMs = Number(process.env['FLINKSP_TEST_SKEW_MS'])
const Right = Date

class Skewed extends Right {
  constructor(...given: [] | [number | string | Date]) {
    super(given[0] ?? Right.now() + skewMs)
  }

  static override now(): number {
    return Right.now() + skewMs
  }
}

globalThis.Date = Skewed as DateConstructor
