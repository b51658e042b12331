"""Produces and consumes with confluent-kafka (librdkafka). What goes in and out is told in driver-lines.ts."""
import base64
import sys

from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition


def decode(field):
    return None if field == "-" else base64.b64decode(field)


def encode(value):
    return "-" if value is None else base64.b64encode(value).decode()


def produce(bootstrap, topic, acks, codec, idempotent):
    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "acks": acks,
            "compression.type": codec,
            "enable.idempotence": idempotent,
            "message.timeout.ms": 20000,
        }
    )
    failures = []

    def delivered(error, _message):
        if error is not None:
            failures.append(str(error))

    for line in sys.stdin:
        key, value, headers = line.rstrip("\n").split("\t")
        pairs = [pair.split(":") for pair in headers.split(",") if pair]
        producer.produce(
            topic,
            key=decode(key),
            value=decode(value),
            headers=[(decode(name).decode(), decode(text)) for name, text in pairs],
            on_delivery=delivered,
        )
    if producer.flush(25) > 0 or failures:
        sys.exit("not delivered: " + ", ".join(failures))


def consume(bootstrap, topic, count, group=None):
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": group or "unused",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
        }
    )
    if group:
        consumer.subscribe([topic])
    else:
        partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
        consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in partitions])
    for _ in range(count):
        record = consumer.poll(15)
        if record is None or record.error():
            sys.exit(f"not read: {record and record.error()}")
        headers = ",".join(encode(name.encode()) + ":" + encode(text) for name, text in record.headers() or [])
        print(record.partition(), record.offset(), encode(record.key()), encode(record.value()), headers, sep="\t")
    if group:
        consumer.commit(asynchronous=False)
    consumer.close()


{"produce": produce, "consume": lambda b, t, c, g=None: consume(b, t, int(c), g)}[sys.argv[1]](*sys.argv[2:])
