import assert from 'node:assert/strict'
import { type Described, describedCommands } from '../../scripts/docs/described.ts'
import { manPages } from '../../scripts/docs/man.ts'

const edition = { version: '1.2.3', date: '2026-01-02' }

const odd: Described = {
  name: 'odd',
  usage: 'kubectl flinksp odd JOB [options]',
  summary: 'Show what roff would read as its own',
  paragraphs: ["'quoted' first, a \\ inside", '.dotted first'],
  examples: [{ what: 'A value in quotes', command: `kubectl flinksp odd orders --note "it's"` }],
  flags: [{ flag: "-n, --note=''", says: 'A `note`.' }],
}

describe('A man page', () => {
  it('says what the help says, and lets roff take none of it for a request', () => {
    assert.equal(
      manPages([odd], edition).get('kubectl-flinksp-odd.1'),
      String.raw`.TH "KUBECTL\-FLINKSP\-ODD" 1 "2026-01-02" "kubectl\-flinksp 1.2.3" "User Commands"
.nh
.ad l
.SH NAME
kubectl\-flinksp\-odd \- show what roff would read as its own
.SH SYNOPSIS
.B kubectl flinksp odd
JOB [options]
.SH DESCRIPTION
.PP
\(aqquoted\(aq first, a \e inside
.PP
\&.dotted first
.SH OPTIONS
.TP
.B \-n, \-\-note=\(aq\(aq
A \(ganote\(ga.
.SH EXAMPLES
.PP
A value in quotes:
.PP
.RS 4
.nf
kubectl flinksp odd orders \-\-note \(dqit\(aqs\(dq
.fi
.RE
.SH SEE ALSO
.BR kubectl\-flinksp (1),
.BR kubectl\-flinksp\-options (1)
`,
    )
  })

  it('is there for every command and the plugin itself, which names them all', async () => {
    const commands = await describedCommands()
    const pages = manPages(commands, edition)
    const names = commands.map(({ name }) => `kubectl-flinksp-${name}.1`)
    assert.deepEqual([...pages.keys()], ['kubectl-flinksp.1', ...names])
    for (const { name } of commands)
      assert.match(
        pages.get('kubectl-flinksp.1') ?? '',
        new RegExp(String.raw`^\.BR kubectl\\-flinksp\\-${name} \(1\),?$`, 'm'),
      )
  })
})
