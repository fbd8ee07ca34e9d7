import type { Bundle } from '../../domain/printable.ts'
import { printedName } from '../../domain/resource.ts'

/** What an archive holds, before it is one. */
export type Contents = Omit<Bundle, 'file' | 'sizeBytes'>

/** INDEX.md: what is there, what is not, and what was taken out. */
export function indexPage({ job, contents, missing, redactions }: Contents, at: string): string {
  return [
    `# ${printedName(job)} in namespace ${job.namespace}`,
    '',
    `Written by kubectl flinksp bundle at ${at}. ${hidden(redactions)} Still, look it over before you give it away.`,
    '',
    '## What is here',
    '',
    '| file | what | bytes |',
    '| --- | --- | --- |',
    ...contents.map(({ path, what, sizeBytes }) => `| ${path} | ${cell(what)} | ${sizeBytes} |`),
    '',
    '## What is not here',
    '',
    ...(missing.length === 0 ? ['Nothing that was looked for is missing.'] : []),
    ...missing.map(({ what, reason }) => `- ${line(what)}: ${line(reason)}`),
    '',
  ].join('\n')
}

function hidden(redactions: number): string {
  const values = redactions === 1 ? '1 value was' : `${redactions} values were`
  return `${values} taken out and read REDACTED: environments, arguments of programs, what is named like a secret or has the form of one, passwords and signatures in addresses. Secrets and the kubeconfig were not read.`
}

function cell(text: string): string {
  return line(text).replaceAll('|', '\\|')
}

function line(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 1_000)
}
