import java.io.File;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/** HDFS with one name node and one data node, in the directory that is named; says its web address, and ends with its input. */
public class MiniHdfs {
  public static void main(String[] arguments) throws Exception {
    Configuration configuration = new HdfsConfiguration();
    configuration.set("dfs.permissions.superusergroup", "nobody");
    MiniDFSCluster cluster =
        new MiniDFSCluster.Builder(configuration, new File(arguments[0])).numDataNodes(1).build();
    cluster.waitActive();
    System.out.println("WebHDFS: " + cluster.getHttpUri(0));
    while (System.in.read() >= 0) {}
    cluster.shutdown();
  }
}
