import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Sends each line of standard input, "key TAB value" in UTF-8, with Kafka's own client: ADDRESS
 * TOPIC. Ends with 0 when the broker has acknowledged all of them.
 */
public final class FillTopic {
  public static void main(String[] args) throws Exception {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", args[0],
            "acks", "all",
            "linger.ms", 20,
            "batch.size", 256 * 1024,
            "buffer.memory", 128L * 1024 * 1024);
    AtomicReference<Exception> failed = new AtomicReference<>();
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8), 1 << 20);
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int tab = line.indexOf('\t');
        producer.send(
            new ProducerRecord<>(args[1], line.substring(0, tab), line.substring(tab + 1)),
            (sent, error) -> failed.compareAndSet(null, error));
      }
      producer.flush();
    }
    if (failed.get() != null) throw failed.get();
  }
}
