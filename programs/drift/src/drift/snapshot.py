"""The state of a detector as one object: what it knows, and up to where in the topic it knows it.

Both are written together, so a restart continues exactly where the state ends and counts nothing twice.
The format holds numbers and JSON only: reading it cannot run code.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drift.features import Matrix

_FORMAT = 2


class SnapshotInvalidError(Exception):
    """The object is no snapshot, or one of another format."""


@dataclass(frozen=True)
class State:
    """`fingerprint` says what the numbers mean; `positions` is the next offset of each partition."""

    fingerprint: str
    positions: dict[int, int]
    window_rows: Matrix
    window_partitions: NDArray[np.int32]
    window_offsets: NDArray[np.int64]
    errors: NDArray[np.float64]
    details: dict[str, Any] = field(default_factory=dict)


def to_bytes(state: State) -> bytes:
    head = {
        "format": _FORMAT,
        "fingerprint": state.fingerprint,
        "positions": {str(partition): offset for partition, offset in state.positions.items()},
        "details": state.details,
    }
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        head=np.frombuffer(json.dumps(head).encode(), dtype=np.uint8),
        window_rows=state.window_rows,
        window_partitions=state.window_partitions,
        window_offsets=state.window_offsets,
        errors=state.errors,
    )
    return buffer.getvalue()


def from_bytes(data: bytes) -> State:
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            head = json.loads(arrays["head"].tobytes())
            if head["format"] != _FORMAT:
                raise SnapshotInvalidError(f"format {head['format']}, expected {_FORMAT}")
            rows, errors = arrays["window_rows"], arrays["errors"]
            partitions, offsets = arrays["window_partitions"], arrays["window_offsets"]
            if rows.ndim != 2 or errors.ndim != 1 or not partitions.shape == offsets.shape == rows.shape[:1]:
                raise SnapshotInvalidError("arrays that do not fit together")
            return State(
                fingerprint=str(head["fingerprint"]),
                positions={int(partition): int(offset) for partition, offset in head["positions"].items()},
                window_rows=rows.astype(np.float64),
                window_partitions=partitions.astype(np.int32),
                window_offsets=offsets.astype(np.int64),
                errors=errors.astype(np.float64),
                details=dict(head["details"]),
            )
    except (KeyError, TypeError, AttributeError, ValueError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise SnapshotInvalidError(f"cannot be read ({error})") from error
