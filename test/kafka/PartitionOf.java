import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/** Prints the partition that Kafka's own producer gives each key: PARTITIONS KEY… */
public final class PartitionOf {
  public static void main(String[] args) {
    int partitions = Integer.parseInt(args[0]);
    for (int n = 1; n < args.length; n++) {
      byte[] key = args[n].getBytes(StandardCharsets.UTF_8);
      System.out.println(Utils.toPositive(Utils.murmur2(key)) % partitions);
    }
  }
}
