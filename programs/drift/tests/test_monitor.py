from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from drift.messages import FEEDBACK, REQUEST
from drift.monitor import Message, Monitor
from drift.snapshot import SnapshotInvalidError, State, from_bytes, to_bytes
from tests.helpers import (
    COLORS,
    config,
    feedback,
    message,
    monitor,
    numbers,
    reference,
    request,
    response,
    scored,
    value,
)

EVERY = ["mmd", "ks", "psi", "adwin", "ddm", "eddm", "kswin", "page-hinkley"]


def watch(*algorithms: str, **sections: Any) -> Any:
    return config(detectors=[{"algorithm": name} for name in algorithms], **sections)


def test_nothing_is_said_before_the_window_is_full() -> None:
    detector, registry = monitor()
    detector.handle(request(numbers(99)))
    detector.tick()
    assert value(registry, "drift_score", detector="ks", feature="x0") is None
    assert value(registry, "drift_window_rows") == 99
    detector.handle(request(numbers(1)))
    detector.tick()
    assert value(registry, "drift_detected", detector="ks", feature="x0") == 0
    assert value(registry, "drift_reference_rows") == 1000
    detector.handle(request(numbers(50)))
    assert value(registry, "drift_window_rows") == 100


def test_every_row_of_a_request_counts() -> None:
    detector, registry = monitor()
    for offset in range(10):
        detector.handle(request(numbers(7, seed=offset), offset))
    assert value(registry, "drift_rows_seen_total") == 70
    assert value(registry, "drift_messages_total", type="request") == 10


def test_a_shift_is_detected_with_all_its_numbers_and_ends_when_it_ends() -> None:
    detector, registry = monitor(watch("mmd", "ks", "psi"))
    detected: list[float | None] = []
    for offset, shift in enumerate([0] * 20 + [2] * 20 + [0] * 20):
        detector.handle(request(numbers(10, seed=offset, shift=shift), offset))
        detector.tick()
        detected.append(value(registry, "drift_detected", detector="mmd", feature="*"))
        if offset != 39:
            continue
        for name, feature in (("mmd", "*"), ("ks", "x1"), ("psi", "x1")):
            series = {"detector": name, "feature": feature}
            score, threshold = value(registry, "drift_score", **series), value(registry, "drift_threshold", **series)
            assert score is not None
            assert threshold is not None
            assert score > threshold
            assert value(registry, "drift_detected", **series) == 1
            assert value(registry, "drift_detections_total", **series) == 1
            assert (value(registry, "drift_p_value", **series) is None) == (name == "psi")
    begun = detected.index(1)
    ended = detected.index(0, begun)
    # Not before the window before the latest has drifted rows, and within two windows: the same for the end.
    assert 30 <= begun < 40
    assert 50 <= ended < 60
    assert detected[begun:ended] == [1] * (ended - begun)
    assert value(registry, "drift_detections_total", detector="mmd", feature="*") == 1


def test_one_window_that_differs_is_no_drift() -> None:
    detector, registry = monitor()
    for offset, shift in enumerate([0] * 20 + [2] * 10 + [0] * 20):
        detector.handle(request(numbers(10, seed=offset, shift=shift), offset))
        if offset % 10 == 9:
            detector.tick()
            assert value(registry, "drift_detected", detector="ks", feature="x1") == 0
    assert value(registry, "drift_evaluations_total") == 5


def test_the_window_is_compared_no_more_often_than_asked() -> None:
    detector, registry = monitor(config(window={"rows": 50, "evaluateEveryRows": 30, "evaluateEverySeconds": 0}))
    for offset in range(100):
        detector.handle(request(numbers(1, seed=offset), offset))
        detector.tick()
    assert value(registry, "drift_evaluations_total") == 2
    slow, registry = monitor(config(window={"rows": 50, "evaluateEveryRows": 1, "evaluateEverySeconds": 3600}))
    for offset in range(100):
        slow.handle(request(numbers(1, seed=offset), offset))
        slow.tick()
    assert value(registry, "drift_evaluations_total") == 1


def test_missing_values_are_shown_as_a_share_of_the_window() -> None:
    detector, registry = monitor()
    rows = numbers(100)
    rows[:25, 1] = np.nan
    detector.handle(request([[None if np.isnan(value) else value for value in row] for row in rows.tolist()]))
    detector.tick()
    assert value(registry, "drift_missing_ratio", feature="x1") == 0.25
    assert value(registry, "drift_missing_ratio", feature="x0") == 0


def test_messages_of_other_predictors_and_nodes_are_skipped_and_counted() -> None:
    detector, registry = monitor(config(filter={"endpoint": "canary", "modelId": "classifier"}))
    detector.handle(request(numbers(1)))
    assert value(registry, "drift_messages_skipped_total", reason="endpoint") == 1
    other_node, registry = monitor(config(filter={"modelId": "transformer"}))
    other_node.handle(request(numbers(1)))
    other_node.handle(message("io.example.other", {}))
    other_node.handle(response([1], "a"))
    assert value(registry, "drift_messages_skipped_total", reason="modelid") == 1
    assert value(registry, "drift_messages_skipped_total", reason="type") == 1
    assert value(registry, "drift_messages_skipped_total", reason="no_concept_detector") == 1
    assert value(registry, "drift_rows_seen_total") == 0


def test_requests_to_a_canary_count_and_its_answers_do_not() -> None:
    detector, registry = monitor(watch("ks", "adwin", filter={"answersOf": "default"}))
    detector.handle(canary(request(numbers(3))))
    assert value(registry, "drift_rows_seen_total") == 3
    detector.handle(canary(response([1], "a")))
    detector.handle(feedback([1], "a"))
    assert value(registry, "drift_messages_skipped_total", reason="endpoint") == 1
    assert value(registry, "drift_feedback_rows_total") == 0
    # Feedback for an answer of the model itself may be routed to the canary.
    detector.handle(response([1], "b"))
    detector.handle(canary(feedback([1], "b")))
    assert value(registry, "drift_feedback_rows_total") == 1


def canary(message: Message) -> Message:
    return replace(message, envelope=replace(message.envelope, endpoint="canary"))


def test_bad_messages_and_rows_are_counted_by_reason() -> None:
    detector, registry = monitor()
    assert detector.handle(message(REQUEST, b"{")) == {"invalid_json": 1}
    assert detector.handle(request([[1, 2, 3], [1, 2], ["a", 2, 3]])) == {"wrong_width": 1, "not_a_number": 1}
    assert value(registry, "drift_messages_rejected_total", reason="invalid_json") == 1
    assert value(registry, "drift_rows_rejected_total", reason="wrong_width") == 1
    assert value(registry, "drift_rows_seen_total") == 1


@pytest.mark.parametrize("algorithm", ["adwin", "ddm", "eddm", "kswin", "page-hinkley"])
def test_worse_predictions_are_concept_drift(algorithm: str) -> None:
    detector, registry = monitor(watch(algorithm))
    random = np.random.default_rng(1)
    for offset, rate in enumerate([0.1] * 1000 + [0.7] * 500):
        detector.handle(response([1], str(offset)))
        detector.handle(feedback([int(random.random() >= rate)], str(offset)))
        if offset == 999:
            detector.tick()
            assert value(registry, "drift_detected", detector=algorithm, feature="feedback") == 0
    detector.tick()
    assert value(registry, "drift_detected", detector=algorithm, feature="feedback") == 1
    assert (value(registry, "drift_detections_total", detector=algorithm, feature="feedback") or 0) >= 1
    assert value(registry, "drift_feedback_rows_total") == 1500


def test_concept_drift_lasts_until_the_model_errs_as_little_as_before() -> None:
    detector, registry = monitor(watch("adwin", feedback={"recent": 100}))

    def detected() -> float | None:
        detector.tick()
        return value(registry, "drift_detected", detector="adwin", feature="feedback")

    for truth, count, expected in ((1, 500, 0), (0, 5000, 1), (1, 99, 1), (1, 1, 0)):
        for _ in range(count):
            detector.handle(scored(1, truth))
        assert detected() == expected
    assert value(registry, "drift_detections_total", detector="adwin", feature="feedback") == 1


def test_messages_that_were_counted_before_fill_the_window_but_not_the_counters() -> None:
    detector, registry = monitor(watch("ks", "adwin"))
    detector.handle(request(numbers(60), counted=True))
    detector.handle(request([["x"]], counted=True))
    detector.handle(scored(1, 1, counted=True))
    detector.handle(request(numbers(5)))
    assert value(registry, "drift_window_rows") == 65
    assert value(registry, "drift_rows_seen_total") == 5
    assert value(registry, "drift_messages_total", type="request") == 1
    assert value(registry, "drift_feedback_rows_total") == 0
    assert value(registry, "drift_rows_rejected_total", reason="wrong_width") is None


def stream(seed: int, count: int, error_rate: float) -> list[Any]:
    """Traffic of all kinds; every other feedback waits for a response that is still to come."""
    random = np.random.default_rng(seed)
    messages: list[Any] = []
    for i in range(count):
        name, wrong = f"{seed}-{i}", random.random() < error_rate
        messages.append(request(random.normal(0, 1, (2, 3)), i))
        pair = [response([1], name), feedback([0 if wrong else 1], name)]
        messages += pair if i % 2 else pair[::-1]
    return messages


def run(detector: Monitor, messages: list[Any]) -> None:
    for item in messages:
        detector.handle(item)
    detector.tick()


def test_a_restored_detector_goes_on_as_if_it_had_never_stopped() -> None:
    settings = watch(*EVERY, feedback={"recent": 200})
    past, future = stream(1, 800, 0.1), stream(2, 300, 0.6)
    cut = len(past) - 1  # in the middle of a pair
    old, old_metrics = monitor(settings)
    run(old, past[:cut])
    saved = to_bytes(old.state({0: 800}))
    run(old, past[cut:] + future)

    new, new_metrics = monitor(settings)
    new.restore(from_bytes(saved))
    run(new, past[cut:] + future)

    assert np.array_equal(new.state({}).window_rows, old.state({}).window_rows)
    for detail in ("since", "level"):
        assert new.state({}).details[detail] == old.state({}).details[detail]
    for name in ("drift_score", "drift_threshold", "drift_detected"):
        for algorithm in EVERY:
            series = {"detector": algorithm, "feature": "*" if algorithm == "mmd" else "feedback"}
            series["feature"] = "x0" if algorithm in ("ks", "psi") else series["feature"]
            assert value(new_metrics, name, **series) == value(old_metrics, name, **series)
    assert value(new_metrics, "drift_detected", detector="adwin", feature="feedback") == 1


def test_a_restored_detector_says_at_once_what_it_said_before_it_stopped() -> None:
    settings = watch("ks", "adwin", feedback={"recent": 100})
    old, _ = monitor(settings)
    for _ in range(500):
        old.handle(scored(1, 1))
    for offset in range(200):
        old.handle(request(numbers(1, seed=offset, shift=3), offset))
        old.handle(scored(1, 0))
    old.tick()
    new, registry = monitor(settings)
    new.restore(from_bytes(to_bytes(old.state({0: 700}))))
    for name, feature in (("ks", "x0"), ("adwin", "feedback")):
        assert value(registry, "drift_detected", detector=name, feature=feature) == 1
        assert value(registry, "drift_detections_total", detector=name, feature=feature) == 0
    assert value(registry, "drift_p_value", detector="ks", feature="x0") == pytest.approx(0, abs=1e-9)


def test_the_positions_and_the_place_of_every_row_survive() -> None:
    detector, _ = monitor()
    for offset in range(110):
        detector.handle(request(numbers(2, seed=offset), offset))
    state = from_bytes(to_bytes(detector.state({0: 60, 3: 5})))
    assert state.positions == {0: 60, 3: 5}
    new, _ = monitor()
    new.restore(state)
    assert new.replay_from() == detector.replay_from() == {0: 10}


def test_a_snapshot_of_something_else_is_refused_and_changes_nothing() -> None:
    detector, _ = monitor()
    detector.handle(request(numbers(5)))
    state = detector.state({0: 1})
    rows = numbers(1000)
    rows[:, 2] = 0
    others = [
        monitor(config(model={"name": "other", "version": "7"}))[0],
        monitor(data=reference(numbers(1000, 4)))[0],
        monitor(data=reference(rows, COLORS))[0],
    ]
    for other in others:
        with pytest.raises(SnapshotInvalidError, match="another model, version, topic or set of columns"):
            other.restore(state)
        assert not len(other.state({}).window_rows)
    broken = copy.copy(state.details)
    del broken["since"]
    with pytest.raises(SnapshotInvalidError, match="details"):
        detector.restore(State(**{**vars(state), "details": broken}))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04nonsense", b"not a snapshot at all", b"\x80\x04N."])
def test_bytes_that_are_no_snapshot_are_refused(data: bytes) -> None:
    with pytest.raises(SnapshotInvalidError):
        from_bytes(data)


def test_another_window_size_keeps_the_latest_rows() -> None:
    detector, _ = monitor()
    detector.handle(request(numbers(100)))
    smaller, _ = monitor(config(window={"rows": 30, "consecutive": 1}))
    smaller.restore(detector.state({}))
    assert np.array_equal(smaller.state({}).window_rows, numbers(100)[-30:])


def test_another_version_of_the_model_ends_the_series_of_the_old_one() -> None:
    detector, registry = monitor()
    detector.handle(request(numbers(100)))
    detector.tick()
    assert value(registry, "drift_detected", detector="ks", feature="x0") == 0
    newer = reference()
    Monitor(config(), type(newer)("8", newer.features, newer.rows), detector._metrics)
    assert value(registry, "drift_detected", detector="ks", feature="x0") is None
    assert value(registry, "drift_reference_rows") is None
    assert value(registry, "drift_reference_rows", version="8") == 1000


def test_a_feedback_that_cannot_be_used_is_counted() -> None:
    detector, registry = monitor(watch("adwin"))
    assert detector.handle(message(FEEDBACK, {"reward": 1})) == {"no_truth": 1}
    assert value(registry, "drift_messages_rejected_total", reason="no_truth") == 1
