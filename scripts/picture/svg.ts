/** A line on the terminal. */
export interface Line {
  readonly kind: 'remark' | 'command' | 'output'
  readonly text: string
}

const fontSize = 12
const lineHeight = 17
const margin = 18
const bar = 26
/** The advance of a monospace digit is 0.6 em in every common font; textLength holds the renderer to it. */
const advance = fontSize * 0.6

const light = { paper: '#fbfbfa', frame: '#d5d7da', ink: '#24292f', dim: '#6a737d', accent: '#0550ae' }
const dark: typeof light = {
  paper: '#15191f',
  frame: '#343b45',
  ink: '#d7dce2',
  dim: '#8b949e',
  accent: '#79b8ff',
}

/** Plain rules, no variables: not every renderer of SVG knows them. */
const colours = ({ paper, frame, ink, dim, accent }: typeof light) =>
  `.paper { fill: ${paper}; stroke: ${frame} } .dot { fill: ${frame} } .remark { fill: ${dim} } .command { fill: ${accent} } .output { fill: ${ink} }`

const style = `
  ${colours(light)}
  @media (prefers-color-scheme: dark) { ${colours(dark)} }
  text { font: ${fontSize}px ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; white-space: pre }
  .command { font-weight: 600 }`

/** As wide as a terminal is: longer lines are folded, as a terminal does. */
const terminalColumns = 132

/** A terminal with these lines, in the reader's own light or dark. */
export function svg(title: string, all: readonly Line[]): string {
  const lines = all.flatMap(folded)
  const columns = Math.max(...lines.map(({ text }) => text.length))
  const width = Math.ceil(columns * advance) + 2 * margin
  const height = bar + lines.length * lineHeight + margin
  const dots = [0, 1, 2]
    .map(index => `<circle class="dot" cx="${margin + 14 * index}" cy="15" r="4.5"/>`)
    .join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(title)}</title>
<style>${style}
</style>
<rect class="paper" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${dots}
${lines.map(drawn).filter(Boolean).join('\n')}
</svg>
`
}

function folded({ kind, text }: Line): Line[] {
  const shown = plain(text)
  const rows = Math.max(1, Math.ceil(shown.length / terminalColumns))
  return Array.from({ length: rows }, (_, row) => ({
    kind,
    text: shown.slice(row * terminalColumns, (row + 1) * terminalColumns),
  }))
}

function drawn({ kind, text: shown }: Line, index: number): string {
  if (shown === '') return ''
  const y = bar + (index + 1) * lineHeight
  const length = (shown.length * advance).toFixed(1)
  return `<text class="${kind}" x="${margin}" y="${y}" textLength="${length}" xml:space="preserve">${escaped(shown)}</text>`
}

/** SVG is XML, which no control character may enter. */
function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, '').trimEnd()
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
