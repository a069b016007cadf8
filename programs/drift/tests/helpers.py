"""What several tests need: a reference, a configuration, messages as the executor writes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from prometheus_client import CollectorRegistry

from drift.config import DriftConfig
from drift.features import Feature, Features, Matrix
from drift.messages import FEEDBACK, REQUEST, RESPONSE, Envelope
from drift.metrics import Metrics
from drift.monitor import Message, Monitor
from drift.reference import Reference

MODEL = {"model": "creditcard", "version": "7"}
COLORS = {"blue": 0, "green": 1, "red": 2}


def config(**sections: Any) -> DriftConfig:
    return DriftConfig.model_validate(
        {
            "model": {"name": "creditcard", "version": "7"},
            "kafka": {"topic": "creditcard", "groupId": "drift-creditcard"},
            "window": {"rows": 100, "evaluateEveryRows": 1, "evaluateEverySeconds": 0},
            "detectors": [{"algorithm": "ks"}],
            **sections,
        }
    )


def numbers(rows: int, width: int = 3, seed: int = 0, shift: float = 0) -> Matrix:
    return np.random.default_rng(seed).normal(shift, 1, (rows, width))


def reference(rows: Matrix | None = None, categories: dict[str, int] | None = None) -> Reference:
    rows = numbers(1000) if rows is None else rows
    columns = [Feature(f"x{i}") for i in range(rows.shape[1])]
    if categories is not None:
        columns[-1] = Feature("color", categories)
    return Reference("7", Features(tuple(columns)), rows)


def monitor(settings: DriftConfig | None = None, data: Reference | None = None) -> tuple[Monitor, CollectorRegistry]:
    metrics = Metrics()
    return Monitor(settings or config(), data or reference(), metrics), metrics.registry


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(name, {**MODEL, **labels})


def message(kind: str, body: object, offset: int = 0, request_id: str = "r", **changes: Any) -> Message:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    envelope = Envelope(kind, "default", "classifier", request_id, "application/json")
    return Message(envelope, content, 0, offset, 1_700_000_000.0, **changes)


def request(rows: Matrix | Sequence[Sequence[object]], offset: int = 0, **changes: Any) -> Message:
    values = rows.tolist() if isinstance(rows, np.ndarray) else rows
    return message(REQUEST, {"data": {"ndarray": values}}, offset, **changes)


def response(labels: Sequence[object], request_id: str) -> Message:
    return message(RESPONSE, {"data": {"ndarray": [[label] for label in labels]}}, request_id=request_id)


def feedback(labels: Sequence[object], request_id: str, **body: Any) -> Message:
    truth = {"data": {"ndarray": [[label] for label in labels]}}
    return message(FEEDBACK, {"truth": truth, "reward": 0, **body}, request_id=request_id)


def scored(predicted: object, truth: object, **changes: Any) -> Message:
    """A feedback that holds both halves."""
    table = {"data": {"ndarray": [[predicted]]}}
    return message(FEEDBACK, {"response": table, "truth": {"data": {"ndarray": [[truth]]}}}, **changes)
