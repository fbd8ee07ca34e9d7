/** Each text once, as kubectl has it with the warnings of an API server: an old API version would else warn at every request. */
export function onceEach(say: (text: string) => void): (text: string) => void {
  const said = new Set<string>()
  return text => {
    if (said.has(text)) return
    said.add(text)
    say(text)
  }
}
