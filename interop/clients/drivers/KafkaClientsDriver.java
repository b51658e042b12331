import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;

/** Produces, consumes and partitions with Apache's own client. What goes in and out is told in driver-lines.ts. */
public class KafkaClientsDriver {
    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "produce" -> produce(args[1], args[2], args[3], args[4], args[5]);
            case "consume" -> consume(args[1], args[2], Integer.parseInt(args[3]), args.length > 4 ? args[4] : null);
            case "numbers" -> numbers(args[1], args[2], Integer.parseInt(args[3]));
            case "partitions" -> partitions(Integer.parseInt(args[1]));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    static void produce(String bootstrap, String topic, String acks, String codec, String idempotent) throws Exception {
        Properties config = new Properties();
        config.put("bootstrap.servers", bootstrap);
        config.put("acks", acks);
        config.put("compression.type", codec);
        config.put("enable.idempotence", idempotent);
        config.put("linger.ms", "20");
        config.put("delivery.timeout.ms", "20000");
        config.put("request.timeout.ms", "10000");
        config.put("client.id", "java-driver");
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (String line : lines()) {
                String[] fields = line.split("\t", -1);
                var record = new ProducerRecord<>(topic, bytes(fields[0]), bytes(fields[1]));
                for (String pair : fields[2].split(",")) {
                    if (pair.isEmpty()) continue;
                    String[] parts = pair.split(":");
                    record.headers().add(new String(bytes(parts[0]), StandardCharsets.UTF_8), bytes(parts[1]));
                }
                sent.add(producer.send(record));
            }
            for (var future : sent) future.get();
        }
    }

    static void consume(String bootstrap, String topic, int count, String group) {
        Properties config = new Properties();
        config.put("bootstrap.servers", bootstrap);
        config.put("client.id", "java-driver");
        config.put("enable.auto.commit", "false");
        config.put("auto.offset.reset", "earliest");
        if (group != null) config.put("group.id", group);
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            if (group == null) {
                var partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition())).collect(Collectors.toList());
                consumer.assign(partitions);
                consumer.seekToBeginning(partitions);
            } else {
                consumer.subscribe(List.of(topic));
            }
            StringBuilder out = new StringBuilder();
            long deadline = System.currentTimeMillis() + 20_000;
            for (int read = 0; read < count; ) {
                if (System.currentTimeMillis() > deadline) throw new IllegalStateException("read only " + read);
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    read++;
                    out.append(record.partition()).append('\t').append(record.offset()).append('\t')
                        .append(text(record.key())).append('\t').append(text(record.value())).append('\t');
                    String comma = "";
                    for (Header header : record.headers()) {
                        out.append(comma).append(text(header.key().getBytes(StandardCharsets.UTF_8))).append(':')
                            .append(text(header.value()));
                        comma = ",";
                    }
                    out.append('\n');
                }
            }
            if (group != null) consumer.commitSync();
            System.out.print(out);
        }
    }

    /** Of every record: partition (int), offset (long) and the number that its value begins with (int). Many of them. */
    static void numbers(String bootstrap, String topic, int count) throws Exception {
        Properties config = new Properties();
        config.put("bootstrap.servers", bootstrap);
        config.put("enable.auto.commit", "false");
        config.put("max.poll.records", "50000");
        config.put("max.partition.fetch.bytes", "8388608");
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
             var out = new DataOutputStream(new BufferedOutputStream(System.out, 1 << 20))) {
            var partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition())).collect(Collectors.toList());
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            // Then as long again as it takes to see that there is nothing more.
            int silentPolls = 0;
            for (int read = 0; silentPolls < (read < count ? 50 : 2); ) {
                var records = consumer.poll(Duration.ofMillis(200));
                silentPolls = records.isEmpty() ? silentPolls + 1 : 0;
                read += records.count();
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    out.writeInt(record.partition());
                    out.writeLong(record.offset());
                    out.writeInt(ByteBuffer.wrap(record.value()).getInt());
                }
            }
        }
    }

    /** For every key on standard input, the partition that the default partitioner gives it. */
    static void partitions(int count) throws Exception {
        StringBuilder out = new StringBuilder();
        for (String line : lines()) {
            byte[] key = bytes(line.split("\t", -1)[0]);
            out.append(Utils.toPositive(Utils.murmur2(key)) % count).append('\n');
        }
        System.out.print(out);
    }

    static List<String> lines() throws Exception {
        try (var reader = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            return reader.lines().filter(line -> !line.isEmpty()).collect(Collectors.toList());
        }
    }

    static byte[] bytes(String field) {
        return field.equals("-") ? null : Base64.getDecoder().decode(field);
    }

    static String text(byte[] bytes) {
        return bytes == null ? "-" : Base64.getEncoder().encodeToString(bytes);
    }
}
