import assert from 'node:assert/strict'
import { parse } from '../../src/cli/parse.ts'
import { probe, registryOf } from './fake-commands.ts'

const registry = registryOf(probe(() => Promise.reject(new Error('help runs nothing'))))

async function printed(...argv: string[]): Promise<string> {
  const invocation = await parse(argv, registry, false)
  assert('print' in invocation)
  return invocation.print
}

const root = `Take, list and restore savepoints of Apache Flink jobs that an operator runs on Kubernetes.

Commands:
  probe     Look at one job
  help      Help about any command
  options   Print the list of flags that every command takes

Usage:
  kubectl flinksp [command] [flags]

Use "kubectl flinksp <command> --help" for more information about a given command.
Use "kubectl flinksp options" for a list of global command-line options (applies to all commands).
`

const probeHelp = `Look at one job.

 The job is not changed.

Examples:
  # Look at orders
  kubectl flinksp probe orders

  # Without waiting
  kubectl flinksp probe orders --wait=false

Options:
    -A, --all-namespaces=false:
	Look at the jobs of all namespaces. The namespace of the context is ignored, even if given with --namespace.

    --limit:
	How many.

    --no-headers=false:
	When using the table, wide or custom-columns output format, do not print headers.

    --note=TEXT:
	A note.

    -o, --output='':
	Output format. One of: (table, wide, json, yaml, name, jsonpath=TEMPLATE, custom-columns=HEADER:PATH,...).

    --rest-url=URL:
	Where Flink's REST API is.

    --timeout=15m:
	How long to wait.

    --via='auto':
	Which way. One of: (auto, rest).

    --wait=true:
	Wait for it.

    -y, --yes:
	Do not ask.

Usage:
  kubectl flinksp probe (NAME | KIND/NAME) [options]

Use "kubectl flinksp options" for a list of global command-line options (applies to all commands).
`

const helpHelp = `Print the help of a command, or of the plugin.

Examples:
  # What take can do
  kubectl flinksp help take

Usage:
  kubectl flinksp help [COMMAND]

Use "kubectl flinksp options" for a list of global command-line options (applies to all commands).
`

describe('Help', () => {
  const screens: [string, string][] = [
    ['', root],
    ['--help', root],
    ['-h', root],
    ['help', root],
    ['-q', root],
    ['probe --help', probeHelp],
    ['probe -h', probeHelp],
    ['--help probe', probeHelp],
    ['probe orders --wait=false -h', probeHelp],
    ['help probe', probeHelp],
    ['help help', helpHelp],
    ['help --help', helpHelp],
  ]
  for (const [line, screen] of screens) {
    it(`is printed for "kubectl flinksp${line && ` ${line}`}"`, async () => {
      assert.equal(await printed(...line.split(' ').filter(word => word !== '')), screen)
    })
  }

  it('lists the flags of every command as kubectl options does', async () => {
    const text = await printed('options')
    assert(
      text.startsWith(
        "The following options can be passed to any command:\n\n    --as='':\n\tUser to impersonate",
      ),
    )
    assert.deepEqual(
      text.split('\n').filter(line => /^ {4}-/.test(line)),
      [
        "    --as='':",
        '    --as-group=[]:',
        "    --as-uid='':",
        '    --as-user-extra=[]:',
        "    --cache-dir='':",
        "    --certificate-authority='':",
        "    --client-certificate='':",
        "    --client-key='':",
        "    --cluster='':",
        "    --color='auto':",
        "    --context='':",
        '    --disable-compression=false:',
        '    --insecure-skip-tls-verify=false:',
        "    --kubeconfig='':",
        "    -n, --namespace='':",
        '    -q, --quiet=false:',
        '    --request-timeout=0:',
        "    -s, --server='':",
        "    --tls-server-name='':",
        "    --token='':",
        "    --user='':",
        '    -v, --v=0:',
      ],
    )
  })
})
