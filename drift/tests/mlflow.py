"""A stand-in for MLflow's registry; test_mlflow.py holds it against a real server."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit


class Registered(ThreadingHTTPServer):
    """Answers as MLflow 2.3.1 does, recorded from a real server of that version. A fake: no model is stored."""

    def __init__(self) -> None:
        self.versions: dict[str, str] = {}
        self.files: dict[str, str] = {}
        super().__init__(("127.0.0.1", 0), _Answers)
        self.address = f"http://127.0.0.1:{self.server_port}"


class _Answers(BaseHTTPRequestHandler):
    server: Registered

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        path = unquote(url.path)
        if path == "/api/2.0/mlflow/registered-models/get-latest-versions" and query["name"] == "credit card":
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
