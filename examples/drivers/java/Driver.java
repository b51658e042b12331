import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.AppInfoParser;

/**
 * A driver for harrow's exec protocol (docs/exec-protocol.md) with Apache Kafka's own producer:
 *
 *     harrow run scenarios --subject "exec: java -cp 'libs/*' Driver.java"
 */
public class Driver {
    private static final PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);

    private static synchronized void say(Object... fields) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < fields.length; i += 2)
            line.append(i == 0 ? "{" : ",").append(Json.write(fields[i])).append(':').append(Json.write(fields[i + 1]));
        out.println(line.append('}'));
        out.flush();
    }

    public static void main(String[] args) throws Exception {
        // Nobody but the protocol writes to standard output.
        System.setOut(System.err);
        warmUp();
        Map<String, Object> settings = new LinkedHashMap<>();
        ProducerConfig.configNames().forEach(name -> settings.put(name, name));
        say("type", "hello", "protocol", 1, "name", "kafka-clients (Java)", "version", AppInfoParser.getVersion(),
            "settings", settings, "can", List.of("close-timeout"));

        KafkaProducer<byte[], byte[]> producer = null;
        // send() may block, for metadata or memory: in order, on one thread that is not the one that reads.
        ExecutorService sender = Executors.newSingleThreadExecutor();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String text = in.readLine(); text != null; text = in.readLine()) {
            Map<String, Object> line = Json.readObject(text);
            if (line.get("type").equals("start")) {
                producer = open(line);
                say("type", "ready");
                continue;
            }
            KafkaProducer<byte[], byte[]> open = producer;
            sender.execute(() -> {
                long id = (Long) line.get("id");
                switch ((String) line.get("type")) {
                    case "send" -> send(open, id, line);
                    case "flush" -> {
                        open.flush();
                        say("type", "done", "id", id);
                    }
                    default -> {
                        Long timeout = (Long) line.get("timeoutMs");
                        open.close(timeout == null ? Duration.ofMillis(Long.MAX_VALUE) : Duration.ofMillis(timeout));
                        say("type", "done", "id", id);
                    }
                }
            });
        }
        System.exit(0);
    }

    /** The first producer of a virtual machine loads hundreds of classes, a second of work: before hello nobody counts. */
    private static void warmUp() {
        Map<String, Object> start = Map.of("bootstrapServers", "127.0.0.1:1", "config", Map.of("max.block.ms", 200));
        try (KafkaProducer<byte[], byte[]> producer = open(start)) {
            producer.send(new ProducerRecord<>("none", new byte[1]), (metadata, error) -> {});
        }
    }

    private static KafkaProducer<byte[], byte[]> open(Map<String, Object> start) {
        Properties properties = new Properties();
        @SuppressWarnings("unchecked")
        Map<String, Object> config = (Map<String, Object>) start.get("config");
        config.forEach((key, value) -> properties.put(key, String.valueOf(value)));
        properties.put("bootstrap.servers", start.get("bootstrapServers"));
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, long id, Map<String, Object> line) {
        @SuppressWarnings("unchecked")
        Map<String, Object> pairs = (Map<String, Object>) line.get("headers");
        List<Header> headers = pairs.entrySet().stream()
            .map(pair -> (Header) new RecordHeader(pair.getKey(), ((String) pair.getValue()).getBytes(StandardCharsets.UTF_8)))
            .collect(Collectors.toCollection(ArrayList::new));
        String key = (String) line.get("key");
        Long partition = (Long) line.get("partition");
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>((String) line.get("topic"),
            partition == null ? null : partition.intValue(),
            key == null ? null : key.getBytes(StandardCharsets.UTF_8),
            Base64.getDecoder().decode((String) line.get("value")), headers);
        try {
            producer.send(record, (metadata, error) -> {
                if (error != null) fail(id, error);
                else say("type", "ack", "id", id, "partition", metadata.partition(), "offset",
                    String.valueOf(metadata.hasOffset() ? metadata.offset() : -1), "timestamp", metadata.timestamp());
            });
        } catch (RuntimeException error) {
            fail(id, error);
        }
    }

    private static void fail(long id, Exception error) {
        say("type", "fail", "id", id, "error", nameOf(error), "message", String.valueOf(error.getMessage()));
    }

    /** Kafka's name of a broker's error; Java's own timeouts are told apart by what they say. */
    private static String nameOf(Exception error) {
        String message = String.valueOf(error.getMessage());
        if (error instanceof org.apache.kafka.clients.producer.BufferExhaustedException) return "BUFFER_EXHAUSTED";
        if (error instanceof org.apache.kafka.common.errors.TimeoutException) {
            if (message.contains("not present in metadata")) return "METADATA_TIMEOUT";
            if (message.startsWith("Expiring")) return "DELIVERY_TIMEOUT";
        }
        if (error instanceof org.apache.kafka.common.errors.RecordTooLargeException && message.contains("max.request.size"))
            return "RECORD_TOO_LARGE";
        Errors known = Errors.forException(error);
        return known == Errors.UNKNOWN_SERVER_ERROR ? error.getClass().getSimpleName() : known.name();
    }

    /** As much JSON as the protocol needs: texts, whole numbers, true, false, null, objects and lists of them. */
    private static final class Json {
        private final String text;
        private int at = 0;

        private Json(String text) {
            this.text = text;
        }

        @SuppressWarnings("unchecked")
        static Map<String, Object> readObject(String text) {
            return (Map<String, Object>) new Json(text).value();
        }

        static String write(Object value) {
            if (value instanceof Map<?, ?> map)
                return map.entrySet().stream().map(e -> write(e.getKey()) + ":" + write(e.getValue())).collect(Collectors.joining(",", "{", "}"));
            if (value instanceof List<?> list) return list.stream().map(Json::write).collect(Collectors.joining(",", "[", "]"));
            if (!(value instanceof String text)) return String.valueOf(value);
            StringBuilder quoted = new StringBuilder("\"");
            for (char c : text.toCharArray()) {
                if (c == '"' || c == '\\') quoted.append('\\').append(c);
                else if (c < ' ') quoted.append(String.format("\\u%04x", (int) c));
                else quoted.append(c);
            }
            return quoted.append('"').toString();
        }

        private Object value() {
            char c = next();
            if (c == '"') return string();
            if (c == '{') {
                Map<String, Object> map = new LinkedHashMap<>();
                while (peek() != '}') {
                    next();
                    String key = string();
                    expect(':');
                    map.put(key, value());
                    if (peek() == ',') next();
                }
                next();
                return map;
            }
            if (c == '[') {
                List<Object> list = new ArrayList<>();
                while (peek() != ']') {
                    list.add(value());
                    if (peek() == ',') next();
                }
                next();
                return list;
            }
            int start = at - 1;
            while (at < text.length() && ",]} ".indexOf(text.charAt(at)) < 0) at++;
            String word = text.substring(start, at);
            return switch (word) {
                case "null" -> null;
                case "true" -> true;
                case "false" -> false;
                default -> word.contains(".") ? (Object) Double.valueOf(word) : (Object) Long.valueOf(word);
            };
        }

        /** After the opening quote. */
        private String string() {
            StringBuilder read = new StringBuilder();
            for (char c = text.charAt(at++); c != '"'; c = text.charAt(at++)) {
                if (c != '\\') {
                    read.append(c);
                    continue;
                }
                char escape = text.charAt(at++);
                switch (escape) {
                    case 'n' -> read.append('\n');
                    case 't' -> read.append('\t');
                    case 'r' -> read.append('\r');
                    case 'b' -> read.append('\b');
                    case 'f' -> read.append('\f');
                    case 'u' -> {
                        read.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
                        at += 4;
                    }
                    default -> read.append(escape);
                }
            }
            return read.toString();
        }

        private char peek() {
            while (text.charAt(at) == ' ') at++;
            return text.charAt(at);
        }

        private char next() {
            char c = peek();
            at++;
            return c;
        }

        private void expect(char wanted) {
            if (next() != wanted) throw new IllegalArgumentException("expected " + wanted + " at " + at + " of " + text);
        }
    }
}
