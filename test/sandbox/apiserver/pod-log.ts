import type { Call } from './api.ts'
import { checkContainer } from './exec.ts'
import type { KubeObject } from './object.ts'
import { sendText } from './respond.ts'

/** The annotation that says what a stand-in pod has written. */
export const logAnnotation = 'flinksp.test/log'

/** What a container has written: as kubectl logs gets it, without following. */
export function sendLog(call: Call, pod: KubeObject): void {
  checkContainer(pod, call.query.get('container'))
  const lines = (pod.metadata.annotations?.[logAnnotation] ?? '').split(/(?<=\n)/)
  const last = Number(call.query.get('tailLines') ?? lines.length)
  sendText(call.response, 200, lines.slice(-last).join(''))
}
