"""Stands for Seldon's executor: hands requests on to a model server, and logs what its manifest says to Kafka.

It is started as Seldon's operator starts the executor (Seldon Core 1.17.1,
operator/controllers/seldondeployment_engine.go): with flags, of which it reads some, ENGINE_PREDICTOR,
LOGGER_KAFKA_BROKER and LOGGER_KAFKA_TOPIC. EXECUTOR_HOST is its own: where it listens, by default on every interface.
It takes graphs of one model, and REST alone.

Headers and values in Kafka are those of executor/logger/worker.go; what a mode logs, and feedback, those of
executor/predictor/predictor_process.go; a model's paths are those of executor/api/rest/client.go and
executor/api/client/url.go; metrics are those of executor/api/metric.
"""

import argparse
import base64
import http.client
import json
import os
import signal
import socket
import sys
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from confluent_kafka import KafkaException, Producer
from prometheus_client import CONTENT_TYPE_LATEST, Histogram, generate_latest

TYPES = {
    "request": "io.seldon.serving.inference.request",
    "response": "io.seldon.serving.inference.response",
    "feedback": "io.seldon.serving.feedback",
}
LOGGED = {"request": ("request",), "response": ("response", "feedback"), "all": tuple(TYPES)}
# Seconds for requests that are under way when it is told to end.
PATIENCE = 15

parser = argparse.ArgumentParser()
for flag in ("sdep", "namespace", "predictor", "protocol", "prometheus_path"):
    parser.add_argument(f"--{flag}", required=True)
parser.add_argument("--http_port", type=int, required=True)
flags, _ = parser.parse_known_args()

graph = json.loads(base64.b64decode(os.environ["ENGINE_PREDICTOR"]))["graph"]
if graph.get("children"):
    raise SystemExit(f"{graph['name']}: a graph of several models needs Seldon's own executor")
endpoint = graph["endpoint"]
MODEL = (endpoint.get("service_host") or "localhost", endpoint.get("httpPort") or endpoint["service_port"])
MODE = (graph.get("logger") or {}).get("mode")
TOPIC = os.environ.get("LOGGER_KAFKA_TOPIC")
producer = (
    Producer({"bootstrap.servers": os.environ["LOGGER_KAFKA_BROKER"], "linger.ms": 5}) if TOPIC is not None else None
)

labels = {"deployment_name": flags.sdep, "predictor_name": flags.predictor, "predictor_version": ""}
answering = Histogram(
    "seldon_api_executor_server_requests_seconds",
    "A histogram of latencies for executor server",
    [*labels, "service", "method", "code"],
)
asking = Histogram(
    "seldon_api_executor_client_requests_seconds",
    "A histogram of latencies for client calls from executor",
    [*labels, "model_name", "model_image", "model_version", "service", "method", "code"],
)


def log(kind: str, body: bytes, puid: str) -> None:
    if producer is None or kind not in LOGGED.get(MODE, ()):
        return
    headers = {
        "type": TYPES[kind],
        "content-type": "application/json",
        "modelid": graph["name"],
        "requestid": puid,
        "inferenceservicename": flags.sdep,
        "namespace": flags.namespace,
        "endpoint": flags.predictor,
        "protocol": flags.protocol,
    }
    try:
        producer.produce(TOPIC, body, headers=list(headers.items()))
        producer.poll(0)
    except (BufferError, KafkaException) as error:
        sys.stderr.write(f"{kind} {puid} was not logged: {error}\n")


def ask(method: str, path: str, body: bytes | None, puid: str) -> tuple[int, bytes]:
    """Status and content of what the model server answers; 500 where it does not."""
    begun = time.monotonic()
    try:
        connection = http.client.HTTPConnection(*MODEL, timeout=60)
        headers = {"Content-Type": "application/json", "Seldon-Puid": puid}
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        status, answer = response.status, response.read()
        connection.close()
    except (OSError, http.client.HTTPException) as error:
        status, answer = 500, json.dumps({"status": {"code": 500, "info": str(error), "status": "FAILURE"}}).encode()
    model = {"model_name": graph["name"], "model_image": "", "model_version": ""}
    asking.labels(**labels, **model, service=path, method=method.lower(), code=status).observe(time.monotonic() - begun)
    return status, answer


def is_ready() -> bool:
    try:
        socket.create_connection(MODEL, timeout=5).close()
    except OSError:
        return False
    return True


class Executor(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    under_way = 0
    changed = threading.Condition()

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        if path == flags.prometheus_path:
            return self._send(200, generate_latest(), content_type=CONTENT_TYPE_LATEST)
        if path == "/ready":
            ready = is_ready()
            return self._send(200 if ready else 503, b"" if ready else b"the model server accepts no connection\n")
        if path in ("/live", "/ping"):
            return self._send(200, b"")
        if path.startswith("/v2/"):
            return self._send(*ask("GET", path, None, ""))
        return self._send(404, b"404 page not found\n")

    def do_POST(self) -> None:
        with Executor.changed:
            Executor.under_way += 1
        try:
            self._hand_on()
        finally:
            with Executor.changed:
                Executor.under_way -= 1
                Executor.changed.notify_all()

    def _hand_on(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        puid = self.headers.get("Seldon-Puid") or str(uuid.uuid4())
        path = self.path.split("?")[0]
        is_feedback = path in ("/api/v1.0/feedback", "/api/v0.1/feedback")
        if is_feedback:
            target = "/send-feedback"
        elif path in ("/api/v1.0/predictions", "/api/v0.1/predictions"):
            target = "/predict"
        elif path.startswith("/v2/"):
            target = path
        else:
            return self._send(404, b"404 page not found\n")
        begun = time.monotonic()
        log("feedback" if is_feedback else "request", body, puid)
        status, answer = ask("POST", target, body, puid)
        if not is_feedback and status < 300:
            log("response", answer, puid)
        service = "feedback" if is_feedback else "predictions"
        answering.labels(**labels, service=service, method="post", code=status).observe(time.monotonic() - begun)
        return self._send(status, answer, puid)

    def _send(self, status: int, content: bytes, puid: str = "", content_type: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        if puid:
            self.send_header("Seldon-Puid", puid)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


ThreadingHTTPServer.request_queue_size = 128
server = ThreadingHTTPServer((os.environ.get("EXECUTOR_HOST", ""), flags.http_port), Executor)
# shutdown waits for serve_forever, which the signal has interrupted.
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever(poll_interval=0.1)
with Executor.changed:
    Executor.changed.wait_for(lambda: Executor.under_way == 0, timeout=PATIENCE)
if producer is not None:
    producer.flush(5)
