"""MLflow's registry: the real server, where there is one, and a stand-in that test_mlflow.py holds against it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest

from tests.servers import free_port, wait_until

MLFLOW = os.environ.get("DRIFT_TEST_MLFLOW", "")


@contextmanager
def real_mlflow(folder: Path, artifacts: str, **environment: str) -> Iterator[str]:
    """The address of a server that keeps its artifacts there. Skips the test where MLflow is not at hand."""
    if not MLFLOW:
        pytest.skip("DRIFT_TEST_MLFLOW is not set: only a stand-in shows that the answers of MLflow are understood")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with (folder / "mlflow.log").open("wb") as log:
        server = subprocess.Popen(
            [
                *(MLFLOW, "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
                *("--backend-store-uri", f"sqlite:///{folder}/mlflow.db"),
                *("--artifacts-destination", artifacts),
            ],
            env={**os.environ, "PATH": f"{Path(MLFLOW).parent}:{os.environ['PATH']}", **environment},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        wait_until(lambda: urllib.request.urlopen(f"{address}/health", timeout=2).status == 200, "MLflow")
        yield address
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(120)


def call(method: str, url: str, body: bytes) -> bytes:
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"}, method=method)
    # The first upload loads the client of the store.
    with urllib.request.urlopen(request, timeout=60) as response:
        return bytes(response.read())


class Run:
    """A run of the real server. Only artifacts of a run, and addresses of other stores, can be registered."""

    def __init__(self, address: str) -> None:
        self._address = f"{address}/api/2.0"
        created = call("POST", f"{self._address}/mlflow/runs/create", b'{"experiment_id": "0"}')
        info = json.loads(created)["run"]["info"]
        self.id, self.artifacts = str(info["run_id"]), str(info["artifact_uri"])

    def upload(self, file: str, content: bytes) -> None:
        folder = self.artifacts.removeprefix("mlflow-artifacts:/").lstrip("/")
        call("PUT", f"{self._address}/mlflow-artifacts/artifacts/{folder}/{quote(file)}", content)

    def register(self, source: str) -> None:
        body = json.dumps({"name": "credit card", "source": source, "run_id": self.id}).encode()
        call("POST", f"{self._address}/mlflow/model-versions/create", body)


class Registered(ThreadingHTTPServer):
    """Answers as MLflow 3.17.2 does, recorded from a real server of that version. A fake: no model is stored."""

    def __init__(self) -> None:
        self.versions: dict[str, str] = {}
        self.files: dict[str, str] = {}
        self.refusals = 0
        """How many requests from now on find the database away."""
        super().__init__(("127.0.0.1", 0), _Answers)
        self.address = f"http://127.0.0.1:{self.server_port}"


class _Answers(BaseHTTPRequestHandler):
    server: Registered

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        path = unquote(url.path)
        if self.server.refusals > 0:
            self.server.refusals -= 1
            self._send(503, {"error_code": "TEMPORARILY_UNAVAILABLE", "message": "OperationalError"})
        elif path == "/api/2.0/mlflow/registered-models/get-latest-versions" and query["name"] == "credit card":
            found = [{"version": version} for version in self.server.versions]
            self._send(200, {"model_versions": found} if found else {})
        elif path == "/api/2.0/mlflow/model-versions/get-download-uri" and query["version"] in self.server.versions:
            self._send(200, {"artifact_uri": self.server.versions[query["version"]]})
        elif path.startswith("/api/2.0/mlflow-artifacts/artifacts/"):
            file = path.removeprefix("/api/2.0/mlflow-artifacts/artifacts/")
            if file in self.server.files:
                self._send(200, self.server.files[file])
            else:
                self._send(500, {"error_code": "INTERNAL_ERROR", "message": f"FileNotFoundError {file}"})
        else:
            self._send(404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "not found"})

    def _send(self, status: int, body: object) -> None:
        content = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        pass
