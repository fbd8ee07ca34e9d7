import type { Family } from '../fault.ts'
import { apiServerFaults } from './api-server.ts'
import { clockFaults } from './clocks.ts'
import { connectionFaults } from './connections.ts'
import { loginFaults } from './logins.ts'
import { manyFaults } from './many.ts'
import { operatorFaults } from './operators.ts'
import { processFaults } from './processes.ts'
import { restoreFaults } from './restores.ts'
import { sizeFaults } from './sizes.ts'

/** Every fault that is made on purpose, in the order of docs/faults.md. */
export const families: readonly Family[] = [
  apiServerFaults,
  manyFaults,
  connectionFaults,
  loginFaults,
  clockFaults,
  operatorFaults,
  restoreFaults,
  processFaults,
  sizeFaults,
]
