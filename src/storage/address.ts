import { failure } from '../domain/failure.ts'
import type { Address } from './objects.ts'

/**
 * The bucket and the key of `s3://bucket/key`. As Flink's Path has it, slashes are collapsed and nothing is decoded. A name that
 * no bucket can have is refused here: libraries make host names of it.
 */
export function bucketAndKey(location: string, name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/): Address {
  const [, bucket = '', key = ''] = /^[^:]+:\/\/([^/]*)(.*)$/s.exec(location) ?? []
  if (!name.test(bucket))
    throw failure(
      'not-asked',
      `cannot read ${location}: it names no bucket`,
      'a location reads SCHEME://BUCKET/PATH',
    )
  return { bucket, key: key.replace(/\/{2,}/g, '/').replace(/^\/|\/$/g, '') }
}
