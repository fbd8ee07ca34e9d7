/** Which plugins of Flink's own serve a scheme (Flink's documentation, deployment/filesystems). */
export const fileSystemPlugins: ReadonlyMap<string, readonly string[]> = new Map([
  ['abfs', ['flink-azure-fs-hadoop']],
  ['abfss', ['flink-azure-fs-hadoop']],
  ['gs', ['flink-gs-fs-hadoop']],
  ['oss', ['flink-oss-fs-hadoop']],
  ['s3', ['flink-s3-fs-hadoop', 'flink-s3-fs-presto']],
  ['s3a', ['flink-s3-fs-hadoop']],
  ['s3p', ['flink-s3-fs-presto']],
  ['wasb', ['flink-azure-fs-hadoop']],
  ['wasbs', ['flink-azure-fs-hadoop']],
])

/** Schemes that come with Hadoop or a library of its kind on the classpath. */
export const hadoopSchemes: readonly string[] = [
  'alluxio',
  'cosn',
  'hdfs',
  'maprfs',
  'o3fs',
  'obs',
  'ofs',
  'swebhdfs',
  'viewfs',
  'webhdfs',
]

/** All schemes that Flink can be given a file system for, without one of somebody's own. */
export const knownSchemes: readonly string[] = ['file', ...fileSystemPlugins.keys(), ...hadoopSchemes].sort()
