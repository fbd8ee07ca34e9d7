import { take } from '../../src/commands/take.ts'

Object.assign(take, { run: () => Promise.reject(new TypeError('x is not y')) })
