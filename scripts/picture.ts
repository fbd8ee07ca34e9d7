import { writeFileSync } from 'node:fs'
import { setStage } from './demo/stage.ts'
import { type Stop, tour, typed } from './demo/tour.ts'
import { type Line, svg } from './picture/svg.ts'

/** Runs the demo's commands and draws what some of them print: docs/demo.svg, the picture in the README. */
const stage = await setStage()
const lines: Line[] = []
try {
  for (const stop of tour) {
    const { words, exit = 0, pictured } = stop
    let said = ''
    const code = await stage.run(words, text => {
      said += text
    })
    if (code !== exit) throw new Error(`${typed(stop)} ended with exit code ${code}, not ${exit}\n${said}`)
    if (pictured) lines.push(...drawn(stop, said))
  }
} finally {
  await stage.close()
}
writeFileSync('docs/demo.svg', svg(lines.slice(0, -1)))

function drawn(stop: Stop, said: string): Line[] {
  const output = said.trimEnd().split('\n')
  return [
    { kind: 'remark', text: `# ${stop.says}` },
    { kind: 'command', text: `$ ${typed(stop)}` },
    ...[...output, ''].map(text => ({ kind: 'output', text }) as const),
  ]
}
