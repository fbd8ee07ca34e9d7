// What of the package goes into the program: a part of its own, loaded when a bucket is first asked.
export { Storage } from '@google-cloud/storage'
