from __future__ import annotations

from typing import Any

import pytest

from drift.config import FeedbackSettings
from drift.feedback import FeedbackJoin
from drift.messages import Feedback, RejectedError, Table


def join(**settings: Any) -> FeedbackJoin:
    return FeedbackJoin(FeedbackSettings.model_validate(settings))


def table(*rows: list[Any], names: tuple[str, ...] | None = None) -> Table:
    return Table(names, list(rows))


def truth(*rows: list[Any], request_id: str = "") -> Feedback:
    return Feedback(None, table(*rows), None, request_id)


def test_prediction_and_truth_meet_in_either_order() -> None:
    pairs = join()
    assert pairs.response("a", table([1], [0]), 0) == []
    assert pairs.feedback("a", truth([1], [1]), 1) == [0, 1]
    assert pairs.feedback("b", truth([1]), 2) == []
    assert pairs.response("b", table([1]), 3) == [0]
    assert not pairs.responses
    assert not pairs.truths


def test_a_feedback_call_may_carry_the_id_of_the_prediction_in_its_body() -> None:
    pairs = join()
    pairs.response("a", table([1]), 0)
    assert pairs.feedback("id of the feedback call", truth([0], request_id="a"), 1) == [1]
    assert pairs.feedback("another id", truth([0], request_id="b"), 2) == []
    assert pairs.response("b", table([0]), 3) == [0]


def test_a_feedback_that_holds_the_response_needs_no_partner() -> None:
    assert join().feedback("", Feedback(table([1]), table([0]), None, ""), 0) == [1]


@pytest.mark.parametrize(
    ("predicted", "true", "expected"),
    [
        (table([1]), table(["1"]), 0),
        (table(["spam"]), table(["spam"]), 0),
        (table(["spam"]), table(["ham"]), 1),
        (table([0.2, 0.7, 0.1]), table([1]), 0),
        (table([0.2, 0.7, 0.1]), table([0, 1, 0]), 0),
        (table([0.2, 0.7, 0.1]), table([2.0]), 1),
        (table([0.2, 0.8], names=("ham", "spam")), table(["spam"]), 0),
        (table([0.2, 0.8], names=("ham", "spam")), table(["ham"]), 1),
    ],
)
def test_classes_are_compared_as_labels_places_or_names(predicted: Table, true: Table, expected: float) -> None:
    assert join().feedback("", Feedback(predicted, true, None, ""), 0) == [expected]


def test_a_probability_becomes_a_class_at_the_decision_threshold() -> None:
    pairs = join(decisionThreshold=0.3)
    assert pairs.feedback("", Feedback(table([0.31], [0.29]), table([1], [1]), None, ""), 0) == [0, 1]


def test_regression_measures_the_distance() -> None:
    pairs = join(signal="regression")
    assert pairs.feedback("", Feedback(table([2.5], [1]), table([2], [4]), None, ""), 0) == [0.5, 3]


def test_a_reward_is_one_minus_the_error() -> None:
    assert join(signal="reward").feedback("", Feedback(None, None, 0.75, ""), 0) == [0.25]


@pytest.mark.parametrize(
    ("settings", "feedback", "reason"),
    [
        ({}, Feedback(None, None, 1, ""), "no_truth"),
        ({}, Feedback(table([1], [1]), table([1]), None, ""), "feedback_shape"),
        ({}, truth([1]), "no_request_id"),
        ({}, Feedback(table([]), table([1]), None, ""), "malformed_feedback"),
        ({"signal": "regression"}, Feedback(table([1, 2]), table([1]), None, ""), "unsupported_feedback"),
        ({"signal": "regression"}, Feedback(table(["x"]), table([1]), None, ""), "malformed_feedback"),
        ({"signal": "reward"}, truth([1]), "no_reward"),
    ],
)
def test_feedback_that_gives_no_error_says_why(settings: dict[str, Any], feedback: Feedback, reason: str) -> None:
    with pytest.raises(RejectedError) as caught:
        join(**settings).feedback("", feedback, 0)
    assert caught.value.reason == reason


def test_who_waits_too_long_or_in_too_long_a_queue_is_given_up() -> None:
    pairs = join(maxPending=2, pendingSeconds=100)
    for arrived, name in enumerate("abc"):
        pairs.response(name, table([1]), arrived)
    assert list(pairs.responses) == ["b", "c"]
    pairs.response("d", table([1]), 102)
    assert list(pairs.responses) == ["c", "d"]
    pairs.response("e", table([1]), 500)
    assert list(pairs.responses) == ["e"]
    pairs.feedback("f", truth([1]), 0)
    assert pairs.unmatched == {"response": 4, "feedback": 0}
