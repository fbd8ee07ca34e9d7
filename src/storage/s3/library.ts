// What of the package goes into the program: a part of its own, loaded when a bucket is first asked.
export {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
export { loadConfig } from '@smithy/core/config'
