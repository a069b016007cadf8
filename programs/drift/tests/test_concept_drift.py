from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from drift import concept_drift
from drift.concept_drift import Stream
from drift.config import ConceptDetector

ALGORITHMS = ["adwin", "ddm", "eddm", "kswin", "page-hinkley"]

# How many errors each algorithm may need to notice that one in ten wrong has become six in ten.
WITHIN = {"adwin": 150, "ddm": 150, "eddm": 400, "kswin": 150, "page-hinkley": 250}


def build(algorithm: str, **parameters: Any) -> Stream:
    settings: ConceptDetector = TypeAdapter[ConceptDetector](ConceptDetector).validate_python(
        {"algorithm": algorithm, **parameters}
    )
    return concept_drift.build(settings)


def errors(rate: float, count: int, seed: int) -> list[float]:
    return [float(wrong) for wrong in np.random.default_rng(seed).random(count) < rate]


def drifts(stream: Stream, values: list[float]) -> list[int]:
    return [i for i, value in enumerate(values) if stream.update(value)]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_steady_error_rate_is_no_drift(algorithm: str) -> None:
    alarms = [len(drifts(build(algorithm), errors(0.1, 2000, seed))) for seed in range(5)]
    # EDDM measures the distance between errors, which varies more than their rate.
    assert sum(alarms) <= (3 if algorithm == "eddm" else 1)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_jump_of_the_error_rate_is_drift_soon(algorithm: str) -> None:
    for seed in range(5):
        stream = build(algorithm)
        drifts(stream, errors(0.1, 1000, seed))
        found = drifts(stream, errors(0.6, 500, seed + 100))
        assert found
        assert found[0] < WITHIN[algorithm]
        assert stream.since == 500 - 1 - found[-1]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_labels_of_which_half_are_flipped_are_drift(algorithm: str) -> None:
    for seed in range(5):
        stream = build(algorithm)
        drifts(stream, errors(0.05, 1000, seed))
        assert drifts(stream, errors(0.5, 1000, seed + 100))


@pytest.mark.parametrize("algorithm", ["adwin", "kswin", "page-hinkley"])
def test_errors_that_are_not_0_or_1_are_watched_too(algorithm: str) -> None:
    random = np.random.default_rng(0)
    stream = build(algorithm)
    assert not drifts(stream, random.gamma(2, 0.1, 1000).tolist())
    assert drifts(stream, random.gamma(2, 0.5, 500).tolist())


@pytest.mark.parametrize("algorithm", ["ddm", "eddm", "page-hinkley", "kswin"])
def test_drift_is_a_score_above_the_threshold(algorithm: str) -> None:
    stream = build(algorithm)
    seen = set()
    for value in errors(0.1, 800, 1) + errors(0.7, 400, 2):
        drifted = stream.update(value)
        result = stream.result()
        if not math.isnan(result.score) and (algorithm != "eddm" or value):
            # KSWIN asks in addition for a statistic above 0.1, which a p-value this small implies here.
            assert drifted == result.drift
            seen.add(drifted)
    assert seen == {True, False}


def test_what_there_is_no_number_for_is_nan() -> None:
    for algorithm in ALGORITHMS:
        assert math.isnan(build(algorithm).result().score)
    stream = build("adwin")
    drifts(stream, errors(0.25, 1000, 0))
    result = stream.result()
    assert result.score == pytest.approx(0.25, abs=0.05)
    assert math.isnan(result.threshold)
    assert math.isnan(result.p_value)
    kswin = build("kswin")
    drifts(kswin, errors(0.25, 1000, 0))
    assert 0 < kswin.result().p_value <= 1


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_errors_since_the_last_reset_are_all_that_a_stream_knows(algorithm: str) -> None:
    """What restarts rely on: feeding them to a new detector gives the old one back."""
    past = errors(0.1, 900, 3) + errors(0.5, 300, 4)
    future = errors(0.5, 600, 5) + errors(0.05, 3000, 6) + errors(0.7, 1500, 7)
    old, new = build(algorithm), build(algorithm)
    drifts(old, past)
    drifts(new, past[len(past) - old.since :])
    new.since = old.since
    expected = drifts(old, future)
    assert expected
    assert drifts(new, future) == expected
