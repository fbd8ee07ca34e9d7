import { isSecretName, redacted } from './secret-names.ts'
import { type Taken, withoutSecrets } from './text.ts'

/** Flags of Flink's own, and of the operators' submit scripts: what is given to them tells where a job starts from. */
const plainFlags = new Set([
  'job-classname',
  'job-class-name',
  'j',
  'job-id',
  'jid',
  'fromSavepoint',
  's',
  'allowNonRestoredState',
  'n',
  'parallelism',
  'p',
  'class',
  'c',
  'jobmanager',
  'm',
  'target',
  't',
  'host',
  'webui-port',
  'configDir',
  'addresses',
])

/**
 * The words of a command line without what may be secret in them: of a container the value of each flag that is not Flink's own; of a
 * user's program, whose `-p` is as likely a password, the value of every flag and every word that is none. Names of flags stay.
 */
export function withoutArguments(
  words: readonly string[],
  whose: 'container' | 'user',
  taken: Taken,
): string[] {
  let flag: string | undefined
  return words.map(word => {
    const before = flag
    flag = undefined
    const [, dashes, name = '', value] = /^(--?)([\w.$-]{1,200})(?:=([\s\S]*))?$/.exec(word) ?? []
    if (dashes === undefined) return positional(word, before, whose, taken)
    if (value === undefined) {
      flag = name
      return word
    }
    return whose === 'container' && isPlain(name, value)
      ? withoutSecrets(word, taken)
      : `${dashes}${name}=${hide(value, name, taken)}`
  })
}

function positional(
  word: string,
  flag: string | undefined,
  whose: 'container' | 'user',
  taken: Taken,
): string {
  const isKept = whose === 'container' && (flag === undefined || plainFlags.has(flag))
  return isKept ? withoutSecrets(word, taken) : hide(word, flag ?? '', taken)
}

/** `-Dkey=value` and `-D key=value` are settings of Flink. */
function isPlain(name: string, value: string): boolean {
  if (/^D./.test(name)) return !isSecretName(name.slice(1)) && value !== ''
  return plainFlags.has(name)
}

function hide(value: string, name: string, taken: Taken): string {
  if (/^(|true|false|\d{1,4})$/.test(value)) return value
  taken(value, isSecretName(name))
  return redacted
}
