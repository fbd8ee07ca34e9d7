import { withoutControls } from '../../domain/controls.ts'
import type { ArchivedFile } from '../../domain/ports.ts'
import type { JobRef } from '../../domain/savepoint.ts'
import { type Redactor, redactor } from '../../redaction/redactor.ts'
import type { Gathered } from './gathered.ts'
import { type Contents, indexPage } from './index-page.ts'

/** The files of the archive, nothing secret in them: what one of them tells to be a secret is looked for in all others. */
export function redactedFiles(
  job: JobRef,
  { parts, missing }: Gathered,
  at: string,
): { readonly files: readonly ArchivedFile[]; readonly contents: Contents } {
  const redact = redactor([job.name, job.namespace, job.uid, job.kind])
  const once = parts.map(({ path, what, content }) => {
    const text = 'json' in content ? redact.json(content.json) : textOf(redact, content.text)
    return { path, what: redact.text(what), text }
  })
  const told = missing.map(({ what, reason }) => ({ what: redact.text(what), reason: redact.text(reason) }))
  const ended = (text: string) => withoutControls(redact.again(text))
  const files = once.map(({ path, text, what }) => ({ path, what: ended(what), text: ended(text) }))
  const contents: Contents = {
    job,
    contents: files.map(({ path, what, text }) => ({
      path,
      what,
      sizeBytes: new TextEncoder().encode(text).length,
    })),
    missing: told.map(({ what, reason }) => ({ what: ended(what), reason: ended(reason) })),
    redactions: redact.count(),
  }
  const manifest = { apiVersion: 'flinksp/v1', kind: 'Bundle', at, ...contents }
  return {
    contents,
    files: [
      { path: 'INDEX.md', text: indexPage(contents, at) },
      { path: 'manifest.json', text: `${JSON.stringify(manifest, null, 2)}\n` },
      ...files.map(({ path, text }) => ({ path, text })),
    ],
  }
}

/** A line at a time; then what is indented below one as a whole: a YAML block, a pair, a key in PEM. */
function textOf(redact: Redactor, text: string): string {
  const lines = text.split('\n').map(redact.line).join('\n')
  return lines.replace(/(?:^[ \t].*\n?)+/gm, redact.text)
}
