import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { placesWith } from '../../../storage/here.ts'
import { placeContract } from '../../../storage/place-contract.ts'
import { startHdfs } from './start.ts'

// For `npm run check:release`: what the tests try on a WebHDFS of their own, on HDFS itself.
placeContract('Savepoints in HDFS', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'flinksp-hdfs-'))
  const hdfs = await startHdfs(directory)
  return {
    places: placesWith({ FLINKSP_WEBHDFS_URL: hdfs.url, HADOOP_USER_NAME: userInfo().username }),
    base: 'hdfs://namenode:8020/flink',
    put: (path, bytes) => hdfs.put(`/flink/${path}`, bytes),
    async stop() {
      await hdfs.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
})
