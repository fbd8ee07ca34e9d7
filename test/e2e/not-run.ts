/** For what this machine does not allow: said in a line of its own, and no failure. */
export function notRun(context: Mocha.Context, reason: string): void {
  console.log(`not run: ${context.test?.fullTitle()}: ${reason}`)
  context.skip()
}
