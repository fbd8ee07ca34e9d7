import type { Ended } from './program.ts'

const lines = (...texts: readonly string[]) => texts.map(text => `${text}\n`).join('')

/** A whole screen: each text is a line. */
export function ends(
  exit: number,
  { out = [], err = [] }: { out?: readonly string[]; err?: readonly string[] },
): Ended {
  return { exit, stdout: lines(...out), stderr: lines(...err) }
}

export const printedOrders = 'flinkcluster.flinkoperator.k8s.io/orders'

/** A take of `orders` that went well, the n-th savepoint of the scenario. */
export function completed(savepoint = 1, ...err: readonly string[]): Ended {
  const out = [`${printedOrders} savepoint completed: file:DIR/orders/SAVEPOINT-${savepoint} (AGE)`]
  return ends(0, { out, err })
}

export const look = 'to look: kubectl flinksp history flinkcluster/orders -n NAMESPACE'
