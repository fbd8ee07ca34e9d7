import {
  closeSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dump, load } from 'js-yaml'
import { failure } from '../domain/failure.ts'
import { isFields } from '../domain/fields.ts'
import { messageOf } from './go-wording.ts'

/** Writes new tokens to the user's `auth-provider` in the kubeconfig, under client-go's lock file. */
export function rememberTokens(
  path: string,
  userName: string,
  tokens: Readonly<Record<string, string>>,
): void {
  const lock = `${path}.lock`
  try {
    closeSync(openSync(lock, 'wx'))
  } catch (error) {
    throw failure('not-asked', `could not persist new tokens: ${messageOf(error)}`)
  }
  try {
    rewrite(realpathSync(path), userName, tokens)
  } catch (error) {
    throw failure('not-asked', `could not persist new tokens: ${messageOf(error)}`)
  } finally {
    rmSync(lock, { force: true })
  }
}

function rewrite(path: string, userName: string, tokens: Readonly<Record<string, string>>): void {
  const document = load(readFileSync(path, 'utf8'))
  const config = providerConfig(document, userName)
  if (config === undefined) return
  Object.assign(config, tokens)
  const part = `${path}.${Math.random().toString(36).slice(2)}`
  writeFileSync(part, dump(document, { lineWidth: -1 }), { mode: statSync(path).mode & 0o777, flag: 'wx' })
  renameSync(part, path)
}

function providerConfig(document: unknown, userName: string): object | undefined {
  const users = isFields(document) ? document['users'] : undefined
  const entry: unknown = Array.isArray(users)
    ? users.find(each => isFields(each) && each['name'] === userName)
    : undefined
  const user = isFields(entry) ? entry['user'] : undefined
  const provider = isFields(user) ? user['auth-provider'] : undefined
  const config = isFields(provider) ? provider['config'] : undefined
  return isFields(config) ? config : undefined
}
