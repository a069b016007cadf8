"""/metrics for Prometheus, /healthz and /readyz for the kubelet."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

# The longest that one step may take: a reference that is downloaded, read and calibrated.
_STUCK_AFTER_SECONDS = 600


class Health:
    """What the main loop says of itself. `waiting_for` is None when the detector is at work."""

    def __init__(self) -> None:
        self.waiting_for: str | None = "start"
        self._beat = time.monotonic()

    def beat(self) -> None:
        self._beat = time.monotonic()

    @property
    def stuck(self) -> bool:
        return time.monotonic() - self._beat > _STUCK_AFTER_SECONDS


def serve(listen: tuple[str, int], registry: CollectorRegistry, health: Health) -> ThreadingHTTPServer:
    """Answers from a thread of its own until `shutdown()`."""

    class Handler(BaseHTTPRequestHandler):
        # A client that opens a connection and says nothing must not keep a thread for ever.
        timeout = 10

        def do_GET(self) -> None:
            match self.path.partition("?")[0]:
                case "/metrics":
                    self._answer(200, CONTENT_TYPE_LATEST, generate_latest(registry))
                case "/healthz":
                    self._text(503 if health.stuck else 200, "main loop is stuck" if health.stuck else "ok")
                case "/readyz":
                    waiting = health.waiting_for
                    self._text(503 if waiting else 200, f"waiting for {waiting}" if waiting else "ok")
                case _:
                    self._text(404, "try /metrics, /healthz or /readyz")

        def _text(self, status: int, text: str) -> None:
            self._answer(status, "text/plain; charset=utf-8", f"{text}\n".encode())

        def _answer(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
            """Probes and scrapes come every few seconds: no line for each."""

    server = ThreadingHTTPServer(listen, Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="http", daemon=True).start()
    return server
