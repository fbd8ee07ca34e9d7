import manifest from '../../package.json' with { type: 'json' }
import type { Machine } from '../domain/connection.ts'
import { failure } from '../domain/failure.ts'
import type { VersionInfo } from '../domain/printable.ts'
import type { Command } from './command.ts'

/** No server is asked: the plugin is only a client. */
export function versionOn(machine: Machine): Command<undefined> {
  return {
    name: 'version',
    usage: 'version',
    summary: 'Print the version of the plugin',
    description:
      'Print the version of the plugin, of the Node.js inside it, and the platform. No server is asked.',
    examples: [
      { what: 'The version', command: 'kubectl flinksp version' },
      { what: 'For a script', command: "kubectl flinksp version -o jsonpath='{.clientVersion.version}'" },
    ],
    flags: [],
    options({ words }) {
      if (words.length > 0) throw failure('usage', `extra arguments: [${words.join(' ')}]`)
      return undefined
    },
    async run() {
      return { value: { kind: 'Version', value: versionInfo(machine) } }
    },
  }
}

export function versionInfo(machine: Machine): VersionInfo {
  const version = `v${manifest.version}`
  return { clientVersion: { version, node: machine.nodeVersion, platform: platformOf(machine) } }
}

/** As Go and kubectl spell it: `linux/amd64`. */
function platformOf({ platform, arch }: Machine): string {
  const os = platform === 'win32' ? 'windows' : platform
  return `${os}/${arch === 'x64' ? 'amd64' : arch}`
}
