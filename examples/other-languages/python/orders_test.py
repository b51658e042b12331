"""A service in Python against a mock cluster.

    npx harrow broker --brokers 3 --topic orders:3 --port 9092 --control-port 8474
    pip install kafka-python
    HARROW=http://127.0.0.1:8474 python3 -m unittest orders_test.py
"""

import json
import os
import unittest
import urllib.request

from kafka import KafkaProducer

HARROW = os.environ["HARROW"]


def harrow(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(HARROW + path, data, method=method), timeout=30) as answer:
        return json.load(answer)


class OrdersTest(unittest.TestCase):
    def setUp(self):
        self.bootstrap = harrow("POST", "/v1/reset")["bootstrapServers"]

    def test_an_order_is_written_once_even_if_the_answer_is_lost(self):
        harrow("POST", "/v1/faults", {
            "name": "lost",
            "on": {"api": "Produce", "topic": "orders", "nth": 1},
            "do": {"disconnect": "after-handling"},
        })
        producer = KafkaProducer(bootstrap_servers=self.bootstrap.split(","), enable_idempotence=True)
        producer.send("orders", key=b"o-1", value=b"two coffees").get(timeout=20)
        producer.close()

        self.assertEqual(harrow("GET", "/v1/faults/lost")["hits"], 1)
        records = harrow("GET", "/v1/topics/orders/records")["records"]
        self.assertEqual([record["valueText"] for record in records], ["two coffees"])
        delivery = harrow("GET", "/v1/delivery?topic=orders")
        self.assertTrue(delivery["isGood"], delivery.get("problem"))


if __name__ == "__main__":
    unittest.main()
