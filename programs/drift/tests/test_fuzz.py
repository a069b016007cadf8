"""Whatever is in the topic: the detector counts it and goes on."""

from __future__ import annotations

import json

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from drift.messages import FEEDBACK, REQUEST, RESPONSE
from drift.monitor import Monitor
from tests import helpers

KINDS = st.sampled_from([REQUEST, RESPONSE, FEEDBACK, "", "something.else"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
TABLE_KEYS = ["data", "ndarray", "tensor", "names", "shape", "values", "inputs", "outputs", "name", "datatype"]
OTHER_KEYS = ["request", "response", "truth", "reward", "meta", "puid", "strData", "jsonData", "x0", "color"]
KEYS = st.sampled_from([*TABLE_KEYS, *OTHER_KEYS])
JSON = st.recursive(
    SCALARS | st.lists(st.floats() | st.integers(), max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=25,
)
CELL = SCALARS | st.sampled_from(["red", "1e400", 10**400, [1], {}])
TABLES = st.lists(st.lists(CELL, min_size=2, max_size=4), max_size=5).map(lambda rows: {"data": {"ndarray": rows}})
DETECTORS = [{"algorithm": name} for name in ("ks", "psi", "chi2", "mmd", "adwin", "ddm", "eddm", "kswin")]


def check(kind: str, value: bytes) -> None:
    monitor = SHARED
    before = len(monitor.state({}).window_rows)
    problems = monitor.handle(helpers.message(kind, value))
    monitor.tick()
    rows = monitor.state({}).window_rows
    assert not np.isinf(rows).any()
    assert all(count > 0 and reason.replace("_", "").isalpha() for reason, count in problems.items())
    assert kind == REQUEST or len(rows) == before


def shared() -> Monitor:
    rows = helpers.numbers(200)
    rows[:, 2] = np.arange(200) % 3
    config = helpers.config(detectors=DETECTORS, window={"rows": 20, "evaluateEveryRows": 1, "evaluateEverySeconds": 0})
    return helpers.monitor(config, helpers.reference(rows, helpers.COLORS))[0]


SHARED = shared()


@settings(max_examples=300, deadline=None)
@given(kind=KINDS, value=st.binary(max_size=200))
def test_any_bytes(kind: str, value: bytes) -> None:
    check(kind, value)


@settings(max_examples=600, deadline=None)
@given(kind=KINDS, body=JSON)
def test_any_json(kind: str, body: object) -> None:
    check(kind, json.dumps(body).encode())


@settings(max_examples=300, deadline=None)
@given(kind=st.sampled_from([REQUEST, RESPONSE]), body=TABLES)
def test_any_table(kind: str, body: object) -> None:
    check(kind, json.dumps(body).encode())
