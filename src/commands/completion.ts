import type { Machine } from '../domain/connection.ts'
import { failure } from '../domain/failure.ts'
import type { Topic } from './topic.ts'

const scripts: Readonly<Record<string, (machine: Machine) => Promise<string>>> = {
  bash: async () => (await import('./completion/bash.ts')).bash,
  zsh: async () => (await import('./completion/zsh.ts')).zsh,
  fish: async () => (await import('./completion/fish.ts')).fish,
  powershell: async () => (await import('./completion/powershell.ts')).powershell,
  async kubectl({ platform }) {
    const { batchFile, shellScript } = await import('./completion/kubectl.ts')
    return platform === 'win32' ? batchFile : shellScript
  },
}

const names = Object.keys(scripts)

/** What a shell has to be told before Tab completes our commands, and kubectl, too. */
export function completionOn(machine: Machine): Topic {
  return {
    name: 'completion',
    usage: 'completion (bash | zsh | fish | powershell | kubectl)',
    operands: [names],
    summary: 'Print what makes Tab complete commands, flags, jobs and savepoints',
    description: `Print a script that makes the Tab key complete commands, flags, their values, and the names of jobs (with their states), savepoints (with their ages), namespaces and contexts.

For kubectl flinksp it is kubectl's own completion that has to be set up (kubectl completion --help; kubectl 1.26 or newer). It asks a program called kubectl_complete-flinksp that has to be on PATH: print it with completion kubectl and make it executable. krew cannot install it, because it installs one program for each plugin.

The scripts for shells are for the plugin called by its file's name, kubectl-flinksp.

Names are asked of the API server of the command line (--context, --namespace and so on). What is not there 0.3 s after Tab is not waited for; FLINKSP_COMPLETION_TIMEOUT in the environment (2s, for a server far away) makes that longer. Nothing is changed, nobody is asked to log in, and no error is shown.`,
    examples: [
      {
        what: 'kubectl flinksp: in a folder that is on PATH (then chmod +x)',
        command: 'kubectl flinksp completion kubectl > ~/.local/bin/kubectl_complete-flinksp',
      },
      { what: 'kubectl-flinksp, in this bash', command: 'source <(kubectl flinksp completion bash)' },
      {
        what: 'kubectl-flinksp, in every zsh that has ~/.zfunc in its fpath',
        command: 'kubectl flinksp completion zsh > ~/.zfunc/_kubectl-flinksp',
      },
      {
        what: 'kubectl-flinksp, in every fish',
        command: 'kubectl flinksp completion fish > ~/.config/fish/completions/kubectl-flinksp.fish',
      },
      {
        what: 'kubectl-flinksp, in this PowerShell',
        command: 'kubectl flinksp completion powershell | Out-String | Invoke-Expression',
      },
    ],
    async print([shell, ...more]) {
      const script = shell !== undefined && Object.hasOwn(scripts, shell) ? scripts[shell] : undefined
      if (!script) throw unknownShell(shell)
      if (more.length > 0) throw failure('usage', `extra arguments: [${more.join(' ')}]`)
      return await script(machine)
    },
  }
}

function unknownShell(shell: string | undefined): Error {
  const known = names.join(', ')
  if (shell === undefined) return failure('usage', `you must name one of: ${known}`)
  return failure('usage', `${JSON.stringify(shell.slice(0, 300))} is none of: ${known}`)
}
