"""Stands for Seldon's model server: answers its own protocol with a model that MLflow saved.

python model_server.py FOLDER PORT
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import mlflow.pyfunc
import numpy as np

model = mlflow.pyfunc.load_model(sys.argv[1])


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._send(b"{}")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/predict":
            return self._send(b"{}")
        rows = np.asarray(body["data"]["ndarray"], dtype=np.float64)
        return self._send(json.dumps({"data": {"names": [], "ndarray": model.predict(rows).tolist()}}).encode())

    def _send(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Answers).serve_forever()
