"""Produces and consumes with aiokafka. What goes in and out is told in driver-lines.ts."""
import asyncio
import base64
import sys

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition


def decode(field):
    return None if field == "-" else base64.b64decode(field)


def encode(value):
    return "-" if value is None else base64.b64encode(value).decode()


async def produce(bootstrap, topic, acks, codec, idempotent):
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap.split(","),
        acks=acks if acks == "all" else int(acks),
        compression_type=None if codec == "none" else codec,
        enable_idempotence=idempotent == "true",
        linger_ms=20,
    )
    await producer.start()
    try:
        futures = []
        for line in sys.stdin:
            key, value, headers = line.rstrip("\n").split("\t")
            pairs = [pair.split(":") for pair in headers.split(",") if pair]
            futures.append(
                await producer.send(
                    topic,
                    key=decode(key),
                    value=decode(value),
                    headers=[(decode(name).decode(), decode(text)) for name, text in pairs],
                )
            )
        await asyncio.wait_for(asyncio.gather(*futures), 20)
    finally:
        await producer.stop()


async def consume(bootstrap, topic, count, group=None):
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap.split(","),
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    if group:
        consumer.subscribe([topic])
    await consumer.start()
    try:
        if not group:
            # Only topics that it was told of are in its metadata.
            await consumer._client.set_topics([topic])
            partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
            consumer.assign(partitions)
            await consumer.seek_to_beginning(*partitions)
        for _ in range(count):
            record = await asyncio.wait_for(consumer.getone(), 15)
            headers = ",".join(encode(name.encode()) + ":" + encode(text) for name, text in record.headers)
            print(record.partition, record.offset, encode(record.key), encode(record.value), headers, sep="\t")
        if group:
            await consumer.commit()
    finally:
        await consumer.stop()


asyncio.run({"produce": produce, "consume": lambda b, t, c, g=None: consume(b, t, int(c), g)}[sys.argv[1]](*sys.argv[2:]))
