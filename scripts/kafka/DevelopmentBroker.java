import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import kafka.Kafka;
import kafka.tools.StorageTool;

/**
 * One Kafka broker that cannot outlive whoever started it: the starter holds the other end of
 * standard input, and the kernel closes that end however the starter dies. A watchdog beside the
 * broker could itself be killed; this one is the broker.
 *
 * <p>Arguments: server.properties, the folder of the log, the id of the cluster, then what to add
 * when the folder is formatted (it is once, when it is new).
 */
public final class DevelopmentBroker {
  private static FileChannel held;

  public static void main(String[] args) throws Exception {
    endWithStarter();
    String properties = args[0];
    holdAlone(Path.of(args[1]));
    if (!Files.exists(Path.of(args[1], "meta.properties"))) format(args);
    Kafka.main(new String[] {properties});
  }

  private static void endWithStarter() {
    Thread watch =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {}
              } catch (IOException closed) {
                // the same as its end
              }
              Runtime.getRuntime().halt(1);
            },
            "starter-watch");
    watch.setDaemon(true);
    watch.start();
  }

  /**
   * Kafka's own lock comes too late: a second broker has by then written to the metadata of the
   * first. The kernel lets go of this one with the process, so it is never given back.
   */
  private static void holdAlone(Path log) throws IOException {
    held = FileChannel.open(log.resolveSibling("in-use"), CREATE, WRITE);
    if (held.tryLock() == null) {
      System.err.println("Another broker is at work in " + log.getParent() + "; end it first.");
      System.exit(1);
    }
  }

  private static void format(String[] args) {
    List<String> format = new ArrayList<>(List.of("format", "-c", args[0], "-t", args[2]));
    format.addAll(List.of(args).subList(3, args.length));
    int code = StorageTool.execute(format.toArray(String[]::new), System.out);
    if (code != 0) System.exit(code);
  }
}
