"""Controls a mock Kafka cluster from a test in Python, with nothing but its standard library.

    harrow broker --brokers 3 --topic orders:3 --port 0 --control-port 8474
    HARROW=http://127.0.0.1:8474 python3 -m unittest control_from_python.py

Every operation is described at $HARROW/openapi.json.
"""

import json
import os
import socket
import struct
import threading
import unittest
import urllib.error
import urllib.parse
import urllib.request

HARROW = os.environ["HARROW"]


def harrow(method, path, body=None, **query):
    """The answer of the control API, or an HTTPError whose body says what is wrong."""
    if query:
        path += "?" + urllib.parse.urlencode(query)
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(HARROW + path, data=data, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


class KafkaTest(unittest.TestCase):
    def setUp(self):
        # Topics as configured and empty, no faults, no journal.
        harrow("POST", "/v1/reset")

    def test_a_fault_is_added_and_its_hit_is_waited_for(self):
        harrow("POST", "/v1/faults", {
            "name": "deaf",
            "on": {"api": "ApiVersions", "clientId": "python", "nth": 2},
            "do": {"disconnect": "before-handling"},
        })
        hits = []
        waiting = threading.Thread(
            target=lambda: hits.append(harrow("GET", "/v1/faults/deaf/hits", count=1, timeout="20s")))
        waiting.start()
        self.assertTrue(ask_api_versions())
        self.assertEqual(ask_api_versions(), b"")
        waiting.join()
        self.assertEqual(hits, [{"name": "deaf", "hits": 1, "reached": True}])
        journal = harrow("GET", "/v1/requests", api="ApiVersions", fault="deaf")
        self.assertEqual([request["clientId"] for request in journal["requests"]], ["python"])
        self.assertEqual(harrow("GET", "/v1/unconsumed-faults")["faults"], [])

    def test_a_leader_moves_and_a_broker_comes_and_goes(self):
        partition = "/v1/topics/orders/partitions/0"
        self.assertEqual(harrow("POST", partition + "/move-leader", {"to": 2})["leader"], 2)
        self.assertFalse(harrow("POST", "/v1/brokers/2/kill")["isRunning"])
        self.assertNotEqual(harrow("GET", partition)["leader"], 2)
        self.assertTrue(harrow("POST", "/v1/brokers/2/start")["isRunning"])

    def test_a_slip_is_explained(self):
        with self.assertRaises(urllib.error.HTTPError) as caught:
            harrow("POST", "/v1/faults", {"on": {"apy": "Produce"}, "do": {"drop": "response"}})
        with caught.exception as error:
            self.assertEqual(error.code, 422)
            self.assertIn('did you mean "api"?', json.load(error)["message"])

    def test_the_oracle_finds_nothing_wrong_with_nothing(self):
        delivery = harrow("GET", "/v1/delivery", topic="orders")
        self.assertTrue(delivery["isGood"])
        self.assertEqual(delivery["counts"]["records"], 0)


def ask_api_versions():
    """A stand-in for your Kafka client: one request to the first broker. Its answer, or nothing."""
    broker = harrow("GET", "/v1/brokers/1")
    with socket.create_connection((broker["host"], broker["port"]), timeout=10) as connection:
        client_id = b"python"
        header = struct.pack(">hhih", 18, 0, 1, len(client_id)) + client_id
        connection.sendall(struct.pack(">i", len(header)) + header)
        try:
            return connection.recv(4096)
        except ConnectionResetError:
            return b""


if __name__ == "__main__":
    unittest.main()
