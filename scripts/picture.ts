import { writeFileSync } from 'node:fs'
import { setStage } from './demo/stage.ts'
import { tour } from './demo/tour.ts'
import { type Line, svg } from './picture/svg.ts'

/** Runs the demo's commands and draws what they print: docs/demo.svg, the picture in the README. */
const stage = await setStage()
const lines: Line[] = []
try {
  for (const { says, words, exit = 0 } of tour) {
    let said = ''
    const code = await stage.run(words, text => {
      said += text
    })
    if (code !== exit)
      throw new Error(`${words.join(' ')} ended with exit code ${code}, not ${exit}\n${said}`)
    lines.push(
      { kind: 'remark', text: `# ${says}` },
      { kind: 'command', text: `$ kubectl flinksp ${words.join(' ')}` },
    )
    lines.push(
      ...said
        .trimEnd()
        .split('\n')
        .map(text => ({ kind: 'output', text }) as const),
    )
    lines.push({ kind: 'output', text: '' })
  }
} finally {
  await stage.close()
}
writeFileSync('docs/demo.svg', svg(lines.slice(0, -1)))
