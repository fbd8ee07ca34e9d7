import type { Family } from '../fault.ts'
import { apiServerFaults } from './api-server.ts'
import { connectionFaults } from './connections.ts'
import { manyFaults } from './many.ts'

/** Every fault that is made on purpose, in the order of docs/faults.md. */
export const families: readonly Family[] = [apiServerFaults, manyFaults, connectionFaults]
