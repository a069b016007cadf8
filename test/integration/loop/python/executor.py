"""Stands for Seldon's executor: hands requests on to a model server, and logs what its manifest says to Kafka.

    python executor.py PORT MODEL_PORT SDEP NAMESPACE PREDICTOR MODEL MODE

Headers and values are those of Seldon Core 1.17.1, executor/logger/worker.go; what a mode logs, and feedback, those of
executor/predictor/predictor_process.go; the model's path is that of executor/api/rest/client.go.
LOGGER_KAFKA_BROKER and LOGGER_KAFKA_TOPIC are the executor's own.
"""

import os
import sys
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from confluent_kafka import Producer

PORT, MODEL_PORT, SDEP, NAMESPACE, PREDICTOR, MODEL, MODE = sys.argv[1:]
TOPIC = os.environ["LOGGER_KAFKA_TOPIC"]
TYPES = {
    "request": "io.seldon.serving.inference.request",
    "response": "io.seldon.serving.inference.response",
    "feedback": "io.seldon.serving.feedback",
}
LOGGED = {"request": ("request",), "response": ("response", "feedback"), "all": tuple(TYPES)}[MODE]
producer = Producer({"bootstrap.servers": os.environ["LOGGER_KAFKA_BROKER"], "linger.ms": 5})


def log(kind: str, body: bytes, puid: str) -> None:
    if kind not in LOGGED:
        return
    headers = {
        "type": TYPES[kind],
        "content-type": "application/json",
        "modelid": MODEL,
        "requestid": puid,
        "inferenceservicename": SDEP,
        "namespace": NAMESPACE,
        "endpoint": PREDICTOR,
        "protocol": "seldon",
    }
    producer.produce(TOPIC, body, headers=list(headers.items()))
    producer.poll(0)


class Gateway(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._send(b"ready", "")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        puid = self.headers.get("Seldon-Puid") or str(uuid.uuid4())
        if self.path.endswith("/feedback"):
            log("feedback", body, puid)
            return self._send(b"{}", puid)
        log("request", body, puid)
        request = urllib.request.Request(
            f"http://127.0.0.1:{MODEL_PORT}/predict", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - always http
            answer = response.read()
        log("response", answer, puid)
        return self._send(answer, puid)

    def _send(self, content: bytes, puid: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Seldon-Puid", puid)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


ThreadingHTTPServer(("127.0.0.1", int(PORT)), Gateway).serve_forever()
