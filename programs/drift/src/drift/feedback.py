"""From feedback messages to a stream of errors.

The executor logs a feedback call with the request id of that call, so it joins its prediction if the caller sends the
header Seldon-Puid that the prediction answered with (Seldon Core 1.17.1, executor/api/rest/middlewares.go). Requests,
responses and feedback arrive in any order.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from drift.config import FeedbackSettings
from drift.features import category
from drift.messages import Feedback, RejectedError, Table

# What one row says. Regression: one number. Classification: every spelling of the class (its place, its name).
Output = list[str] | float


@dataclass(frozen=True)
class Pending:
    """One half of a pair, waiting for the other. `arrived` is the time of its message, in seconds."""

    outputs: list[Output]
    arrived: float


class FeedbackJoin:
    """Gives an error for each row as soon as prediction and truth are both known.

    `unmatched` counts the halves that were given up, by `response` or `feedback`.
    """

    def __init__(self, settings: FeedbackSettings) -> None:
        self._settings = settings
        self.responses: OrderedDict[str, Pending] = OrderedDict()
        self.truths: OrderedDict[str, Pending] = OrderedDict()
        self.unmatched = {"response": 0, "feedback": 0}

    def response(self, request_id: str, table: Table, arrived: float) -> list[float]:
        if self._settings.signal == "reward":
            return []
        if not request_id:
            raise RejectedError("no_request_id")
        outputs = self._outputs(table, predicted=True)
        truth = self.truths.pop(request_id, None)
        if truth is not None:
            return self._errors(outputs, truth.outputs)
        self._wait(self.responses, "response", request_id, Pending(outputs, arrived))
        return []

    def feedback(self, request_id: str, feedback: Feedback, arrived: float) -> list[float]:
        if self._settings.signal == "reward":
            if feedback.reward is None:
                raise RejectedError("no_reward")
            return [1 - feedback.reward]
        if feedback.truth is None:
            raise RejectedError("no_truth")
        truths = self._outputs(feedback.truth, predicted=False)
        if feedback.response is not None:
            return self._errors(self._outputs(feedback.response, predicted=True), truths)
        for known in (request_id, feedback.request_id):
            response = self.responses.pop(known, None)
            if response is not None:
                return self._errors(response.outputs, truths)
        key = feedback.request_id or request_id
        if not key:
            raise RejectedError("no_request_id")
        self._wait(self.truths, "feedback", key, Pending(truths, arrived))
        return []

    def _wait(self, waiting: OrderedDict[str, Pending], kind: str, key: str, pending: Pending) -> None:
        waiting[key] = pending
        waiting.move_to_end(key)
        while len(waiting) > self._settings.max_pending or (
            next(iter(waiting.values())).arrived < pending.arrived - self._settings.pending_seconds
        ):
            waiting.popitem(last=False)
            self.unmatched[kind] += 1

    def _outputs(self, table: Table, *, predicted: bool) -> list[Output]:
        return [self._output(row, table.names, predicted=predicted) for row in table.rows]

    def _output(self, row: Any, names: tuple[str, ...] | None, *, predicted: bool) -> Output:
        if not isinstance(row, list | tuple) or not row:
            raise RejectedError("malformed_feedback", "an output is not a list of values")
        if self._settings.signal == "regression":
            if len(row) != 1:
                raise RejectedError("unsupported_feedback", f"{len(row)} outputs a row, regression expects one")
            return _number(row[0])
        if len(row) == 1:
            threshold = self._settings.decision_threshold
            if predicted and threshold is not None:
                return [str(int(_number(row[0]) >= threshold))]
            return [category(row[0])]
        scores = [_number(value) for value in row]
        place = scores.index(max(scores))
        return [str(place), *([names[place]] if names and place < len(names) else [])]

    def _errors(self, predicted: Sequence[Output], truths: Sequence[Output]) -> list[float]:
        if len(predicted) != len(truths):
            raise RejectedError("feedback_shape", f"{len(predicted)} predictions, {len(truths)} truths")
        return [_error(p, t) for p, t in zip(predicted, truths, strict=True)]


def _error(predicted: Output, truth: Output) -> float:
    if isinstance(predicted, float) and isinstance(truth, float):
        return abs(predicted - truth)
    matches = isinstance(predicted, list) and isinstance(truth, list) and not set(predicted).isdisjoint(truth)
    return 0.0 if matches else 1.0


def _number(value: object) -> float:
    try:
        number = float(value) if isinstance(value, str | int | float) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise RejectedError("malformed_feedback", "an output is not a number")
    return number
