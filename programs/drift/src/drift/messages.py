"""What the Seldon executor logs to Kafka, turned into tables.

The value is the raw HTTP body, the meaning is in the headers (Seldon Core 1.17.1, executor/logger/worker.go).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

REQUEST: Final = "io.seldon.serving.inference.request"
RESPONSE: Final = "io.seldon.serving.inference.response"
FEEDBACK: Final = "io.seldon.serving.feedback"

# The names that Seldon's Python wrapper invents when a model has none: python/seldon_core/user_model.py.
_PLACEHOLDER_NAME = re.compile(r"^t:\d+$")


class RejectedError(Exception):
    """A message, or some rows of it, that cannot be used. `reason` is a metric label: few values, no data in them."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Envelope:
    """The headers. A header that is missing is an empty string."""

    type: str
    endpoint: str
    model_id: str
    request_id: str
    content_type: str


@dataclass(frozen=True)
class Table:
    """Rows as sent. `names` is None when the sender named no columns. `flat`: there was one dimension only."""

    names: tuple[str, ...] | None
    rows: Sequence[Any]
    flat: bool = False


@dataclass(frozen=True)
class Feedback:
    """A feedback call: {request?, response?, truth?, reward} (Seldon Core 1.17.1, proto/prediction.proto)."""

    response: Table | None
    truth: Table | None
    reward: float | None
    request_id: str


def read_envelope(headers: Iterable[tuple[str, str | bytes | None]] | None) -> Envelope:
    found = {
        key: value.decode("utf-8", "replace") if isinstance(value, bytes) else value or ""
        for key, value in headers or ()
    }
    return Envelope(
        type=found.get("type", ""),
        endpoint=found.get("endpoint", ""),
        model_id=found.get("modelid", ""),
        request_id=found.get("requestid", ""),
        content_type=found.get("content-type", ""),
    )


def read_json(value: bytes | None, envelope: Envelope) -> dict[str, Any]:
    """The body as a mapping. A literal NaN or Infinity is read: Python clients send it."""
    if envelope.content_type.startswith("application/protobuf"):
        raise RejectedError("protobuf", "the call came over gRPC, only JSON bodies are read")
    if not value:
        raise RejectedError("empty")
    try:
        body = json.loads(value)
    except (ValueError, RecursionError) as error:
        raise RejectedError("invalid_json", str(error)[:200]) from error
    if not isinstance(body, dict):
        raise RejectedError("invalid_json", f"expected an object, got {type(body).__name__}")
    return body


def read_table(body: dict[str, Any], key: Literal["inputs", "outputs"] = "inputs") -> Table:
    """The table of a request (`key` inputs) or response (`key` outputs), of Seldon's protocol or v2.

    A payload of one dimension is one row of a request, but one value for each row of a response: both is what NumPy
    makes of a model's usual input and output.
    """
    if "data" in body:
        table = _seldon_table(body["data"])
    elif key in body:
        table = _v2_table(body[key])
    else:
        found = next(
            (name for name in ("jsonData", "strData", "binData", "customData") if name in body), "none of them"
        )
        raise RejectedError("unsupported_payload", f"expected data or {key}, got {found}")
    if table.flat and key == "outputs":
        return Table(None, [[value] for value in table.rows[0]])
    return table


def read_feedback(body: dict[str, Any]) -> Feedback:
    reward = body.get("reward")
    if isinstance(reward, bool) or not isinstance(reward, int | float | None):
        raise RejectedError("malformed_feedback", f"reward is {type(reward).__name__}, expected a number")
    return Feedback(
        response=_part(body, "response"),
        truth=_part(body, "truth"),
        reward=None if reward is None else _finite(reward),
        request_id=_puid(body.get("response")) or _puid(body.get("request")),
    )


def _part(body: dict[str, Any], key: str) -> Table | None:
    part = body.get(key)
    if part is None or part == {}:
        return None
    if not isinstance(part, dict):
        raise RejectedError("malformed_feedback", f"{key} is {type(part).__name__}, expected an object")
    if isinstance(part.get("strData"), str):
        return Table(None, [[part["strData"]]])
    if not {"data", "outputs"} & part.keys():
        return None
    return read_table(part, "outputs")


def _puid(part: object) -> str:
    meta = part.get("meta") if isinstance(part, dict) else None
    puid = meta.get("puid") if isinstance(meta, dict) else None
    return puid if isinstance(puid, str) else ""


def _finite(number: int | float) -> float:
    try:
        value = float(number)
    except OverflowError as error:
        raise RejectedError("malformed_feedback", "reward is out of range") from error
    if value != value or abs(value) == float("inf"):
        raise RejectedError("malformed_feedback", "reward is not finite")
    return value


def _seldon_table(data: object) -> Table:
    if not isinstance(data, dict):
        raise RejectedError("malformed_data", f"data is {type(data).__name__}, expected an object")
    names = _names(data.get("names"))
    if "ndarray" in data:
        rows = data["ndarray"]
        if not isinstance(rows, list):
            raise RejectedError("malformed_data", f"ndarray is {type(rows).__name__}, expected a list")
        flat = bool(rows) and not isinstance(rows[0], list)
        return Table(names, [rows] if flat else rows, flat)
    if "tensor" in data:
        tensor = data["tensor"]
        if not isinstance(tensor, dict):
            raise RejectedError("malformed_data", f"tensor is {type(tensor).__name__}, expected an object")
        shape = _shape(tensor.get("shape"))
        return Table(names, _reshape(tensor.get("values"), shape), len(shape) == 1)
    raise RejectedError("unsupported_payload", "data holds neither ndarray nor tensor")


def _v2_table(tensors: object) -> Table:
    """Row form is one tensor [rows, columns]. Column form is one named tensor [rows] or [rows, 1] for each column."""
    if not isinstance(tensors, list) or not tensors or not all(isinstance(tensor, dict) for tensor in tensors):
        raise RejectedError("malformed_data", "expected a list of tensors")
    shapes = [_shape(tensor.get("shape")) for tensor in tensors]
    if len(tensors) == 1:
        return Table(None, _reshape(tensors[0].get("data"), shapes[0]), len(shapes[0]) == 1)
    names = [tensor.get("name") for tensor in tensors]
    if not all(isinstance(name, str) for name in names) or len(set(names)) != len(names):
        raise RejectedError("malformed_data", "every column needs a name of its own")
    if any(len(shape) > 2 or (len(shape) == 2 and shape[1] != 1) for shape in shapes):
        raise RejectedError("unsupported_payload", "several tensors, and one of them has more than one column")
    if len({shape[0] for shape in shapes}) != 1:
        raise RejectedError("malformed_data", "columns of different length")
    columns = [_flat(tensor.get("data"), shape[0]) for tensor, shape in zip(tensors, shapes, strict=True)]
    return Table(tuple(names), list(zip(*columns, strict=True)))


def _names(names: object) -> tuple[str, ...] | None:
    if not names:
        return None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise RejectedError("malformed_data", "names is not a list of strings")
    return None if all(_PLACEHOLDER_NAME.match(name) for name in names) else tuple(names)


def _shape(shape: object) -> tuple[int, ...]:
    ok = isinstance(shape, list) and shape and all(type(size) is int and 0 <= size < 2**31 for size in shape)
    if not isinstance(shape, list) or not ok:
        raise RejectedError("malformed_data", "shape is not a list of sizes")
    if len(shape) > 2:
        raise RejectedError("unsupported_payload", f"{len(shape)} dimensions, expected rows and columns")
    return tuple(shape)


def _reshape(data: object, shape: tuple[int, ...]) -> list[list[Any]]:
    rows, columns = shape if len(shape) == 2 else (1, shape[0])
    values = _flat(data, rows * columns)
    return [values[start : start + columns] for start in range(0, rows * columns, columns)] if columns else []


def _flat(data: object, size: int) -> list[Any]:
    """The values of a tensor: flat as the protocols ask for, or nested once as v2 allows."""
    if not isinstance(data, list):
        raise RejectedError("malformed_data", "the values are not a list")
    values = [value for row in data for value in row] if data and all(isinstance(row, list) for row in data) else data
    if len(values) != size:
        raise RejectedError("malformed_data", f"{len(values)} values in a shape of {size}")
    return values
