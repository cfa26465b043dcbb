import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Sends one event to petition-pulse over Kafka, and waits until the broker has it.
 *
 * <pre>java -Dfile.encoding=UTF-8 -cp 'jars/*' Producer.java BROKERS [TOPIC]</pre>
 */
public final class Producer {
  private static final int WAIT_MS = 15_000;

  private static final String SUBJECT = "M-2024-000123";

  /**
   * The id is made from the office's own record and nothing else: sent again, after a crash or by
   * mistake, it is the same event, and changes nothing. See docs/asyncapi.yaml.
   */
  private static final String ACCEPTED =
      """
      {
        "specversion": "1.0",
        "id": "岳麓-2024-000123/accepted",
        "source": "/offices/430104",
        "type": "matter.accepted.v1",
        "subject": "%s",
        "time": "2024-03-08T15:00:00+08:00",
        "data": {"org": "岳麓区住房和城乡建设局", "route": "petition"}
      }
      """
          .formatted(SUBJECT);

  public static void main(String[] args) {
    if (args.length < 1 || args.length > 2) {
      fail("Producer.java BROKERS [TOPIC]");
    }
    String topic = args.length == 2 ? args[1] : "petition.case-events";
    try {
      RecordMetadata stored = send(args[0], topic);
      System.out.println(stored.topic() + " " + stored.partition() + " " + stored.offset());
    } catch (ExecutionException refused) {
      fail("The broker did not take the event: " + refused.getCause().getMessage());
    } catch (KafkaException wrong) {
      fail("Nothing was sent: " + wrong.getMessage());
    } catch (InterruptedException ended) {
      fail("Ended before the broker answered: send the event again.");
    }
  }

  private static RecordMetadata send(String brokers, String topic)
      throws ExecutionException, InterruptedException {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", brokers,
            "acks", "all",
            "enable.idempotence", true,
            "max.block.ms", WAIT_MS,
            "request.timeout.ms", WAIT_MS / 2,
            "delivery.timeout.ms", WAIT_MS);
    var serializer = new StringSerializer(); // UTF-8
    try (var producer = new KafkaProducer<>(settings, serializer, serializer)) {
      // the key: everything about one matter goes to one partition
      var record = new ProducerRecord<>(topic, SUBJECT, ACCEPTED);
      String type = "application/cloudevents+json; charset=UTF-8";
      record.headers().add("content-type", type.getBytes(StandardCharsets.UTF_8));
      return producer.send(record).get();
    }
  }

  private static void fail(String message) {
    System.err.println(message);
    System.exit(1);
  }
}
