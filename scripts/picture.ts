import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Stage, setStage } from './demo/stage.ts'
import { typed } from './demo/tour.ts'
import { type Scene, type Story, stories } from './picture/stories.ts'
import { type Line, svg } from './picture/svg.ts'

/** Runs the commands of each story on a sandbox and draws what they print: docs/demo.svg, the picture in the README, and docs/pictures/. */
for (const story of stories) {
  const stage = await setStage()
  try {
    writeFileSync(join('docs', story.file), svg(story.title, await played(story, stage)))
  } finally {
    await stage.close()
  }
}

async function played(story: Story, stage: Stage): Promise<Line[]> {
  const lines: Line[] = []
  for (const scene of story.scenes)
    if (typeof scene === 'function') await scene(stage)
    else lines.push(...(await shown(scene, stage)))
  return lines.slice(0, -1)
}

async function shown(scene: Scene, stage: Stage): Promise<Line[]> {
  const { words, exit, unseen } = scene
  const said = await stage.printed(words, exit)
  return unseen ? [] : drawn(scene, said)
}

function drawn(scene: Scene, said: string): Line[] {
  const output = said.trimEnd().split('\n')
  return [
    { kind: 'remark', text: `# ${scene.says}` },
    { kind: 'command', text: `$ ${typed(scene)}` },
    ...[...output, ''].map(text => ({ kind: 'output', text }) as const),
  ]
}
