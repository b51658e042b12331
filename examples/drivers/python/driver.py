"""A driver for harrow's exec protocol (docs/exec-protocol.md) with confluent-kafka, which is librdkafka:

    harrow run scenarios --subject "exec: python3 driver.py"
"""
import base64
import json
import queue
import sys
import threading

import confluent_kafka
from confluent_kafka import KafkaError, KafkaException, Producer

# Kafka's key -> librdkafka's. Whatever is not here is not judged.
SETTINGS = {
    "acks": "acks",
    "enable.idempotence": "enable.idempotence",
    "max.in.flight.requests.per.connection": "max.in.flight.requests.per.connection",
    "linger.ms": "linger.ms",
    "batch.size": "batch.size",
    "compression.type": "compression.type",
    "max.request.size": "message.max.bytes",
    "delivery.timeout.ms": "message.timeout.ms",
    "request.timeout.ms": "socket.timeout.ms",
    "retries": "message.send.max.retries",
    "retry.backoff.ms": "retry.backoff.ms",
    "retry.backoff.max.ms": "retry.backoff.max.ms",
    "reconnect.backoff.ms": "reconnect.backoff.ms",
    "reconnect.backoff.max.ms": "reconnect.backoff.max.ms",
}
OWN_ERRORS = {
    KafkaError._MSG_TIMED_OUT: "DELIVERY_TIMEOUT",
    KafkaError._TIMED_OUT: "DELIVERY_TIMEOUT",
    KafkaError._QUEUE_FULL: "BUFFER_EXHAUSTED",
    KafkaError._UNKNOWN_TOPIC: "UNKNOWN_TOPIC_OR_PARTITION",
    KafkaError._UNKNOWN_PARTITION: "UNKNOWN_TOPIC_OR_PARTITION",
}


def say(**line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def failed(record, error):
    say(type="fail", id=record, error=OWN_ERRORS.get(error.code(), error.name().lstrip("_")), message=error.str())


def make(start):
    config = {SETTINGS[key]: value for key, value in start["config"].items() if key in SETTINGS}
    # Refused below this.
    config["socket.timeout.ms"] = max(int(config.get("socket.timeout.ms", 60000)), 10)
    return Producer({**config, "bootstrap.servers": start["bootstrapServers"]})


def send(producer, line):
    def delivered(error, message):
        if error is not None:
            failed(line["id"], error)
            return
        kind, timestamp = message.timestamp()
        known = {"timestamp": timestamp} if kind != confluent_kafka.TIMESTAMP_NOT_AVAILABLE else {}
        offset = message.offset()
        say(type="ack", id=line["id"], partition=message.partition(), offset=-1 if offset is None else offset, **known)

    more = {} if line["partition"] is None else {"partition": line["partition"]}
    try:
        producer.produce(
            line["topic"],
            key=line["key"],
            value=base64.b64decode(line["value"]),
            headers=list(line["headers"].items()),
            on_delivery=delivered,
            **more,
        )
    except (KafkaException, BufferError) as error:
        failed(line["id"], error.args[0] if isinstance(error, KafkaException) else KafkaError(KafkaError._QUEUE_FULL))


def main():
    version = f"{confluent_kafka.__version__}, librdkafka {confluent_kafka.libversion()[0]}"
    say(type="hello", protocol=1, name="confluent-kafka", version=version, settings=SETTINGS, can=["close-timeout"])
    lines = queue.Queue()

    def read():
        for text in sys.stdin:
            lines.put(json.loads(text))
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    producer = None
    while True:
        # Outcomes are told from poll; input waits no longer than that.
        if producer is not None:
            producer.poll(0)
        try:
            line = lines.get(timeout=0.002)
        except queue.Empty:
            continue
        if line is None:
            return
        if line["type"] == "start":
            producer = make(line)
            say(type="ready")
        elif line["type"] == "send":
            send(producer, line)
        else:
            timeout = line.get("timeoutMs")
            left = producer.flush(*([] if timeout is None else [timeout / 1000]))
            if line["type"] == "close":
                if left > 0:
                    producer.purge()
                    producer.flush(1)
                # The last reference: librdkafka closes its connections when the object goes.
                producer = None
            say(type="done", id=line["id"])


main()
