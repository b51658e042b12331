"""Produces and consumes with kafka-python. What goes in and out is told in driver-lines.ts."""
import base64
import sys

from kafka import KafkaConsumer, KafkaProducer, TopicPartition


def decode(field):
    return None if field == "-" else base64.b64decode(field)


def encode(value):
    return "-" if value is None else base64.b64encode(value).decode()


def produce(bootstrap, topic, acks, codec, idempotent):
    options = {"enable_idempotence": True} if idempotent == "true" else {}
    producer = KafkaProducer(
        bootstrap_servers=bootstrap.split(","),
        acks=acks if acks == "all" else int(acks),
        compression_type=None if codec == "none" else codec,
        linger_ms=20,
        **options,
    )
    futures = []
    for line in sys.stdin:
        key, value, headers = line.rstrip("\n").split("\t")
        pairs = [pair.split(":") for pair in headers.split(",") if pair]
        futures.append(
            producer.send(
                topic,
                key=decode(key),
                value=decode(value),
                headers=[(decode(name).decode(), decode(text)) for name, text in pairs],
            )
        )
    for future in futures:
        future.get(timeout=20)
    producer.close(timeout=10)


def consume(bootstrap, topic, count, group=None):
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap.split(","),
        consumer_timeout_ms=15000,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    if group:
        consumer.subscribe([topic])
    else:
        partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
    read = 0
    for record in consumer:
        headers = ",".join(encode(name.encode()) + ":" + encode(text) for name, text in record.headers)
        print(record.partition, record.offset, encode(record.key), encode(record.value), headers, sep="\t")
        read += 1
        if read == count:
            break
    if group:
        consumer.commit()
    consumer.close(autocommit=False)


{"produce": produce, "consume": lambda b, t, c, g=None: consume(b, t, int(c), g)}[sys.argv[1]](*sys.argv[2:])
