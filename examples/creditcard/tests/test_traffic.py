"""What the served model is sent."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import numpy as np
import pytest

from creditcard.traffic import Client, batches
from creditcard.transactions import FEATURES, LABEL, transactions

Call = tuple[str, dict[str, Any], dict[str, str]]


@pytest.fixture
def served() -> Iterator[tuple[str, list[Call]]]:
    calls: list[Call] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            calls.append((self.path, json.loads(body), dict(self.headers)))
            self.send_response(200)
            self.send_header("Seldon-Puid", f"id-{len(calls)}")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/seldon/mlops-models/creditcard", calls
    server.shutdown()
    server.server_close()


def test_seldons_protocol_carries_named_rows_and_feedback_names_its_request(served: tuple[str, list[Call]]) -> None:
    url, calls = served
    client = Client(url)
    rows = transactions(3, seed=1)
    request_id = client.predict(rows)
    client.feedback(request_id, rows[LABEL].to_numpy())
    (path, body, _), (feedback_path, feedback, headers) = calls
    assert path == "/seldon/mlops-models/creditcard/api/v1.0/predictions"
    assert body == {"data": {"names": FEATURES, "ndarray": rows[FEATURES].to_numpy().tolist()}}
    assert feedback_path == "/seldon/mlops-models/creditcard/api/v1.0/feedback"
    assert feedback == {"truth": {"data": {"ndarray": rows[LABEL].tolist()}}}
    assert headers["Seldon-Puid"] == "id-1"


def test_v2_carries_one_matrix(served: tuple[str, list[Call]]) -> None:
    url, calls = served
    rows = transactions(3, seed=1)
    Client(url, "v2", "creditcard").predict(rows)
    [(path, body, _)] = calls
    assert path == "/seldon/mlops-models/creditcard/v2/models/creditcard/infer"
    [matrix] = body["inputs"]
    assert (matrix["datatype"], matrix["shape"]) == ("FP64", [3, len(FEATURES)])
    assert np.array_equal(np.reshape(matrix["data"], matrix["shape"]), rows[FEATURES].to_numpy())


def test_batches_hold_every_row_once_and_the_last_one_the_rest() -> None:
    parts = [rows for rows, _ in batches(25, size=10, seed=1, shift=0, flip=0)]
    assert [len(rows) for rows in parts] == [10, 10, 5]
    assert sum(rows["amount"].sum() for rows in parts) == pytest.approx(transactions(25, seed=1)["amount"].sum())


@pytest.mark.parametrize("flip", [0, 0.5, 1])
def test_a_share_of_the_truth_is_the_wrong_way_round(flip: float) -> None:
    wrong = [truth != rows[LABEL].to_numpy() for rows, truth in batches(2000, size=100, seed=1, shift=0, flip=flip)]
    assert np.mean(wrong) == pytest.approx(flip, abs=0.05)
