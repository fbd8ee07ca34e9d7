import { connectionReason, type Reason, saidBy, type Verb } from '../reasons.ts'
import { HdfsRefusal } from './ask.ts'

export function isAbsent(error: unknown): boolean {
  return error instanceof HdfsRefusal && error.exception === 'FileNotFoundException'
}

/** Of name nodes before Hadoop 3 (seen in its source: an enum without the name). */
export function isUnknownOperation(error: unknown): boolean {
  return error instanceof HdfsRefusal && error.status === 400
}

const whereHint = 'FLINKSP_WEBHDFS_URL=http://NAMENODE:9870 says where WebHDFS, or HttpFS, answers'

const tokenHint =
  'FLINKSP_WEBHDFS_TOKEN takes a delegation token, for the servers of FLINKSP_WEBHDFS_URL or HADOOP_CONF_DIR: after kinit, ' +
  "curl --negotiate -u: 'http://NAMENODE:9870/webhdfs/v1/?op=GETDELEGATIONTOKEN' gives one (its urlString)"

/** Why HDFS gave nothing; undefined: not known. */
export function explain(error: unknown, _verb: Verb): Reason | undefined {
  if (!(error instanceof HdfsRefusal)) return unreachable(connectionReason(error))
  const { exception, status } = error
  if (
    exception === 'InvalidToken' ||
    /\bInvalidToken\b|token .*(expired|can't be found)/i.test(error.message)
  )
    return {
      text: 'the delegation token (FLINKSP_WEBHDFS_TOKEN) has expired, or is of another cluster',
      hints: [tokenHint],
    }
  if (status === 401)
    return {
      text: 'it asks for Kerberos, which is not spoken from here',
      hints: [
        tokenHint,
        'or read it where the job runs, or through an HttpFS that asks for no Kerberos (FLINKSP_WEBHDFS_URL)',
      ],
    }
  if (exception === 'StandbyException')
    return {
      text: 'the name node is in stand-by',
      hints: ['FLINKSP_WEBHDFS_URL takes several addresses, with commas'],
    }
  if (exception === 'SafeModeException') return { text: 'the name node is in safe mode: it deletes nothing' }
  if (/NotEmpty/.test(exception)) return { text: 'directory not empty' }
  if (/AccessControlException|SecurityException|AuthorizationException/.test(exception))
    return {
      text: `access denied: ${saidBy(error)}`,
      hints: ['HADOOP_USER_NAME says as whom it is asked'],
    }
  if (status === 404) return { text: 'there is no WebHDFS at this address', hints: [whereHint] }
  if (status === 429 || status === 503)
    return { text: `HDFS is too busy to answer (${status})`, hints: ['try again in a while'] }
  return { text: `${exception || status}: ${saidBy(error)}` }
}

/** The name node, or the data node that it sends to. */
function unreachable(reason: Reason | undefined): Reason | undefined {
  return reason && { ...reason, hints: [whereHint] }
}
