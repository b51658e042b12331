import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A service in Java against a mock cluster, without a test framework; in JUnit the body of main is a test.
 *
 *     npx harrow broker --brokers 3 --topic orders:3 --port 9092 --control-port 8474
 *     HARROW=http://127.0.0.1:8474 java -cp kafka-clients.jar:slf4j-api.jar OrdersTest.java
 */
public class OrdersTest {
    static final HttpClient http = HttpClient.newHttpClient();

    /** The answer of the control API, as JSON. */
    static String harrow(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(System.getenv("HARROW") + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body)).build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        check(response.statusCode() < 300, response.body());
        return response.body();
    }

    static void check(boolean holds, String message) {
        if (!holds) throw new AssertionError(message);
    }

    /** An order is written once, even if the answer to the first attempt is lost. */
    public static void main(String[] args) throws Exception {
        Matcher cluster = Pattern.compile("\"bootstrapServers\":\"([^\"]+)\"").matcher(harrow("POST", "/v1/reset", ""));
        check(cluster.find(), "no bootstrapServers");
        harrow("POST", "/v1/faults", """
                {"name": "lost",
                 "on": {"api": "Produce", "topic": "orders", "nth": 1},
                 "do": {"disconnect": "after-handling"}}""");

        Map<String, Object> config = Map.of("bootstrap.servers", cluster.group(1));
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("orders", "o-1", "two coffees")).get(20, TimeUnit.SECONDS);
        }

        check(harrow("GET", "/v1/faults/lost", "").contains("\"hits\":1"), "the fault never acted");
        String records = harrow("GET", "/v1/topics/orders/records", "");
        check(records.split("\"valueText\":\"two coffees\"", -1).length == 2, records);
        String delivery = harrow("GET", "/v1/delivery?topic=orders", "");
        check(delivery.contains("\"isGood\":true"), delivery);
        System.out.println("passed");
    }
}
