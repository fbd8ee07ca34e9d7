import { readFileSync } from 'node:fs'
import { Agent as HttpAgent, get as httpGet, type IncomingMessage } from 'node:http'
import { Agent, get } from 'node:https'
import Table from 'cli-table3'
import { load } from 'js-yaml'
import fetch from 'node-fetch'
import { Parser } from 'yargs/helpers'
import { askedOfHistory } from './asked.ts'

/**
 * What Node and the packages need for what `history` of one job does: the words are read by yargs' parser, the kubeconfig as YAML, the job
 * and what lies beside it are asked for on one connection, Flink by node-fetch, and there is a table of what came. Nothing is known,
 * checked or merged. Built as the program is, compiled code and all.
 */
interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { server: string; 'certificate-authority-data'?: string } },
  ]
  readonly users: readonly [{ readonly user: { token: string } }]
}

const argv = Parser(process.argv.slice(2), { string: ['namespace', 'output'], boolean: ['watch'] })
const kubeconfig = load(readFileSync(process.env['KUBECONFIG'] ?? '', 'utf8')) as Kubeconfig
const { cluster } = kubeconfig.clusters[0]
const { token } = kubeconfig.users[0].user
const headers = { authorization: `Bearer ${token}`, accept: 'application/json' }
const secure = cluster.server.startsWith('https:')
const ca = Buffer.from(cluster['certificate-authority-data'] ?? '', 'base64')
const agent = secure
  ? new Agent({ keepAlive: true, maxSockets: 1, ca })
  : new HttpAgent({ keepAlive: true, maxSockets: 1 })

const name = String(argv._[1]).split('/').at(-1) ?? ''
const asked = askedOfHistory(name)

async function ask(path: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<IncomingMessage>()
  if (secure) get(`${cluster.server}${path}`, { agent, headers }, resolve)
  else httpGet(`${cluster.server}${path}`, { agent, headers }, resolve)
  let body = ''
  for await (const chunk of await promise) body += chunk
  return body
}

async function main(): Promise<void> {
  const answers: string[] = []
  for (const path of asked.slice(0, -1)) answers.push(await ask(path))
  const response = await fetch(`${cluster.server}${asked.at(-1)}`, { agent, headers })
  answers.push(await response.text())
  const table = new Table({ head: ['KIND', 'BYTES'], style: { head: [], border: [] } })
  for (const answer of answers) table.push([JSON.parse(answer).kind ?? '-', answer.length])
  process.stdout.write(`${table}\n`, () => process.exit(0))
}

void main()
