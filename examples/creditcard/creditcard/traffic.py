"""Sends the served model requests, as its clients would, and feedback.

python -m creditcard.traffic --url http://<gateway>/seldon/mlops-models/creditcard --rows 1000 --shift 1
"""

import argparse
import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.request import Request, urlopen

import numpy as np
import pandas as pd

from creditcard.transactions import FEATURES, LABEL, transactions


class Client(NamedTuple):
    """Where and how the model is served."""

    url: str
    protocol: str = "v1"
    #: Only v2 has it in the path.
    model: str = "creditcard"

    def predict(self, rows: pd.DataFrame) -> str:
        """Gives the id of the request, by which feedback finds its prediction."""
        values = rows[FEATURES].to_numpy()
        if self.protocol == "v1":
            body: dict[str, Any] = {"data": {"names": FEATURES, "ndarray": values.tolist()}}
            return self._post("/api/v1.0/predictions", body)
        matrix = {
            "name": "transactions",
            "datatype": "FP64",
            "shape": list(values.shape),
            "data": values.ravel().tolist(),
        }
        return self._post(f"/v2/models/{self.model}/infer", {"inputs": [matrix]})

    def feedback(self, request_id: str, truth: "np.ndarray[Any, Any]") -> None:
        """What was right for each row of a request. Only v1 has it."""
        body = {"truth": {"data": {"ndarray": truth.tolist()}}}
        self._post("/api/v1.0/feedback", body, {"Seldon-Puid": request_id})

    def _post(self, path: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> str:
        headers = {"Content-Type": "application/json", **(headers or {})}
        request = Request(self.url.rstrip("/") + path, json.dumps(body).encode(), headers)  # noqa: S310 - the user's own
        with urlopen(request, timeout=30) as response:  # noqa: S310
            response.read()
            return str(response.headers.get("Seldon-Puid", ""))


def batches(rows: int, size: int, seed: int, shift: float, flip: float) -> Iterator[tuple[pd.DataFrame, Any]]:
    """Transactions with their truth, of which a share is told the wrong way round: the world has changed."""
    table = transactions(rows, seed, shift)
    wrong = np.random.default_rng(seed + 1).random(rows) < flip
    truth = np.where(wrong, 1 - table[LABEL].to_numpy(), table[LABEL].to_numpy())
    for start in range(0, rows, size):
        yield table.iloc[start : start + size], truth[start : start + size]


def main() -> None:
    parser = argparse.ArgumentParser(description="Sends a served model requests and feedback.")
    parser.add_argument("--url", required=True, help="of the model, without the path of its protocol")
    parser.add_argument("--protocol", choices=["v1", "v2"], default="v1", help="default: %(default)s")
    parser.add_argument("--model", default="creditcard", help="its name, for v2; default: %(default)s")
    parser.add_argument("--rows", type=int, default=1000, help="default: %(default)s")
    parser.add_argument("--batch", type=int, default=10, help="rows of a request; default: %(default)s")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    parser.add_argument("--shift", type=float, default=0, help="0 is the everyday, 1 is far from it")
    parser.add_argument("--feedback", action="store_true", help="tell it the truth after each request (v1 only)")
    parser.add_argument("--flip", type=float, default=0, help="share of the truth that is told the wrong way round")
    arguments = parser.parse_args()
    if arguments.feedback and arguments.protocol != "v1":
        parser.error("--feedback: v2 has none (add --protocol v1)")
    client = Client(arguments.url, arguments.protocol, arguments.model)
    for rows, truth in batches(arguments.rows, arguments.batch, arguments.seed, arguments.shift, arguments.flip):
        request_id = client.predict(rows)
        if arguments.feedback:
            client.feedback(request_id, truth)
    print(f"{arguments.rows} rows sent")  # noqa: T201


if __name__ == "__main__":
    main()
