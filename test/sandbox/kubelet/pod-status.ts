import type { Fields } from '../../../src/domain/fields.ts'
import type { Pod } from './pod.ts'

const image = 'flink'

/** Running and Ready. */
export function readyStatus(pod: Pod, restartCount: number): Fields {
  return status(pod, 'Running', true, { running: { startedAt: timestamp() } }, restartCount)
}

/** Kept from starting again: its process ended too often. */
export function crashingStatus(pod: Pod, restartCount: number): Fields {
  const message = `[flink-main-container] back-off 5s restarting failed container=flink-main-container pod=${pod.name}_${pod.namespace}`
  return status(pod, 'Running', false, { waiting: { reason: 'CrashLoopBackOff', message } }, restartCount)
}

/** In this phase and not Ready. */
export function phaseStatus(pod: Pod, phase: string): Fields {
  return status(pod, phase, false, { running: { startedAt: timestamp() } }, 0)
}

/** Ended; `message` is what the container left in its termination log. */
export function terminatedStatus(pod: Pod, exitCode: number, message: string): Fields {
  const at = timestamp()
  const terminated = {
    exitCode,
    message,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    startedAt: at,
    finishedAt: at,
  }
  return status(pod, exitCode === 0 ? 'Succeeded' : 'Failed', false, { terminated }, 0)
}

function status(pod: Pod, phase: string, ready: boolean, state: Fields, restartCount: number): Fields {
  const condition = { status: ready ? 'True' : 'False', lastTransitionTime: timestamp() }
  return {
    phase,
    podIP: addressOf(pod.uid),
    podIPs: [{ ip: addressOf(pod.uid) }],
    conditions: [
      { type: 'Ready', ...condition },
      { type: 'ContainersReady', ...condition },
    ],
    containerStatuses: [
      { name: 'main', image, imageID: image, ready, started: ready, restartCount, state, lastState: {} },
    ],
  }
}

/** An address that nobody uses: the process listens on loopback, and the API server finds it by `flinksp.test/rest-url`. */
function addressOf(uid: string): string {
  const number = Number.parseInt(uid.slice(0, 4), 16) || 1
  return `10.244.${(number >> 8) & 255}.${number & 255}`
}

function timestamp(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`
}
