"""The detector proper: takes messages, keeps the window and the stream of errors, says when they drift.

It knows nothing of Kafka, S3 or HTTP.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from drift import concept_drift, data_drift
from drift.concept_drift import FEEDBACK as FEEDBACK_FEATURE
from drift.concept_drift import Level
from drift.config import (
    AdwinSettings,
    DdmSettings,
    DriftConfig,
    EddmSettings,
    KswinSettings,
    PageHinkleySettings,
)
from drift.feedback import FeedbackJoin, Pending
from drift.messages import FEEDBACK, REQUEST, RESPONSE, Envelope, RejectedError, read_feedback, read_json, read_table
from drift.metrics import Metrics
from drift.reference import Reference
from drift.snapshot import SnapshotInvalidError, State
from drift.window import Window

log = logging.getLogger(__name__)

_TYPES = {REQUEST: "request", RESPONSE: "response", FEEDBACK: "feedback"}


@dataclass(frozen=True)
class Message:
    """`counted`: an earlier process counted this message already, it only helps to rebuild the state."""

    envelope: Envelope
    value: bytes | None
    partition: int
    offset: int
    timestamp: float
    counted: bool = False


class Monitor:
    """Raises ReferenceUnusableError if the detectors cannot work with the reference."""

    def __init__(self, config: DriftConfig, reference: Reference, metrics: Metrics) -> None:
        self.config = config
        self.reference = reference
        self._metrics = metrics
        features = reference.features
        self._window = Window(config.window.consecutive * config.window.rows, len(features.columns))
        self._comparisons: dict[str, data_drift.Comparison] = {}
        self._streams: dict[str, concept_drift.Stream] = {}
        for settings in config.detectors:
            name = settings.name or settings.algorithm
            if isinstance(settings, AdwinSettings | DdmSettings | EddmSettings | KswinSettings | PageHinkleySettings):
                self._streams[name] = concept_drift.build(settings)
            else:
                self._comparisons[name] = data_drift.build(settings, reference.rows, features, config.window.rows)
        self._join = FeedbackJoin(config.feedback)
        self._errors: deque[float] = deque(maxlen=config.feedback.history)
        self._level = Level(config.feedback.recent)
        self._drifting: set[tuple[str, str]] = set()
        self._new_rows = 0
        self._evaluated_at = -float("inf")

        metrics.bind(config.model.name, reference.version)
        metrics.reference_rows(len(reference.rows))
        metrics.window_rows(0)

    def handle(self, message: Message) -> Counter[str]:
        """Take one message. Returns, by reason, how many of its rows are bad; an unreadable message counts as one."""
        kind = _TYPES.get(message.envelope.type, "other")
        skip = self._skip_reason(kind, message.envelope)
        if not message.counted:
            self._metrics.message(kind)
            self._metrics.last_message(message.timestamp)
            if skip:
                self._metrics.message_skipped(skip)
        if skip:
            return Counter()
        try:
            return self._read(kind, message)
        except RejectedError as error:
            if not message.counted:
                self._metrics.message_rejected(error.reason)
            return Counter({error.reason: 1})

    def _skip_reason(self, kind: str, envelope: Envelope) -> str | None:
        wanted = self.config.filter
        if kind == "other":
            return "type"
        if kind != "request" and not self._streams:
            return "no_concept_detector"
        if wanted.endpoint is not None and envelope.endpoint != wanted.endpoint:
            return "endpoint"
        if kind == "response" and wanted.answers_of is not None and envelope.endpoint != wanted.answers_of:
            return "endpoint"
        if wanted.model_id is not None and envelope.model_id != wanted.model_id:
            return "modelid"
        return None

    def _read(self, kind: str, message: Message) -> Counter[str]:
        body = read_json(message.value, message.envelope)
        request_id = message.envelope.request_id
        if kind == "request":
            return self._request(message, body)
        if kind == "response":
            errors = self._join.response(request_id, read_table(body, "outputs"), message.timestamp)
        else:
            errors = self._join.feedback(request_id, read_feedback(body), message.timestamp)
        self._feed(errors, message)
        return Counter()

    def _request(self, message: Message, body: dict[str, Any]) -> Counter[str]:
        rows, rejected = self.reference.features.encode(read_table(body))
        self._window.add(rows, message.partition, message.offset)
        self._new_rows += len(rows)
        self._metrics.window_rows(min(len(self._window), self.config.window.rows))
        if not message.counted:
            self._metrics.rows(len(rows))
            for reason, count in rejected.items():
                self._metrics.rows_rejected(reason, count)
        return rejected

    def _feed(self, errors: list[float], message: Message) -> None:
        for error in errors:
            self._errors.append(error)
            alarms = [name for name, stream in self._streams.items() if stream.update(error)]
            for name in self._level.add(error, alarms):
                log.warning("concept drift", extra={"detector": name, "at": f"{message.partition}:{message.offset}"})
                self._metrics.detected(name, FEEDBACK_FEATURE, True, begins=not message.counted)
        if not message.counted:
            self._metrics.feedback_rows(len(errors))
        for kind, count in self._join.unmatched.items():
            if count:
                self._metrics.feedback_unmatched(kind, count)
                self._join.unmatched[kind] = 0

    def tick(self) -> None:
        """Evaluate what is due and bring the gauges up to date. Call it after each batch of messages."""
        now = time.time()
        self._publish_streams()
        settings = self.config.window
        due = self._new_rows >= settings.evaluate_every_rows and (
            now - self._evaluated_at >= settings.evaluate_every_seconds
        )
        if due and len(self._window) >= settings.rows:
            self._new_rows, self._evaluated_at = 0, now
            self._evaluate()

    def _publish_streams(self) -> None:
        for name, stream in self._streams.items():
            result = stream.result()
            self._metrics.result(name, result.feature, result.score, result.threshold, result.p_value)
            self._metrics.detected(name, FEEDBACK_FEATURE, name in self._level.drifting, begins=False)

    def _evaluate(self) -> None:
        """Compare the latest window, and those right before it. If they do not agree, nothing changes."""
        settings, rows = self.config.window, self._window.rows()
        windows = [rows[end - settings.rows : end] for end in range(len(rows), settings.rows - 1, -settings.rows)]
        for name, comparison in self._comparisons.items():
            for results in zip(*(comparison.compare(window) for window in windows), strict=True):
                latest = results[0]
                self._metrics.result(name, latest.feature, latest.score, latest.threshold, latest.p_value)
                key, agree = (name, latest.feature), len({result.drift for result in results}) == 1
                begins = agree and latest.drift and self._window.full and key not in self._drifting
                if begins:
                    self._drifting.add(key)
                    log.warning(
                        "data drift",
                        extra={"detector": name, "feature": latest.feature, "score": round(latest.score, 6)},
                    )
                elif agree and not latest.drift:
                    self._drifting.discard(key)
                self._metrics.detected(*key, key in self._drifting, begins=begins)
        for feature, ratio in zip(self.reference.features.names, np.isnan(windows[0]).mean(axis=0), strict=True):
            self._metrics.missing(feature, float(ratio))
        self._metrics.evaluated()

    def replay_from(self) -> dict[int, int]:
        """By partition, where to read again in order to rebuild the window without a snapshot."""
        return self._window.oldest_offsets()

    @property
    def fingerprint(self) -> str:
        """What the numbers of a state mean: model, topic, version, columns and categories."""
        parts = [self.config.model.name, self.config.kafka.topic, self.reference.fingerprint]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def state(self, positions: dict[int, int]) -> State:
        partitions, offsets = self._window.origins()
        return State(
            fingerprint=self.fingerprint,
            positions=dict(positions),
            window_rows=self._window.rows(),
            window_partitions=partitions,
            window_offsets=offsets,
            errors=np.array(self._errors, dtype=np.float64),
            details={
                "since": {name: stream.since for name, stream in self._streams.items()},
                "level": self._level.state(),
                "drifting": sorted(self._drifting),
                "new_rows": self._new_rows,
                "responses": {key: asdict(pending) for key, pending in self._join.responses.items()},
                "truths": {key: asdict(pending) for key, pending in self._join.truths.items()},
            },
        )

    def restore(self, state: State) -> None:
        """Continue where the state ended. Raises SnapshotInvalidError; then nothing has changed."""
        if state.fingerprint != self.fingerprint:
            raise SnapshotInvalidError("it belongs to another model, version, topic or set of columns")
        if state.window_rows.shape[1] != len(self.reference.features.columns):
            raise SnapshotInvalidError("its rows have another width")
        try:
            details = state.details
            since = {str(name): int(count) for name, count in details["since"].items()}
            drifting = {(str(name), str(feature)) for name, feature in details["drifting"] if name in self._comparisons}
            new_rows = int(details["new_rows"])
            responses, truths = (
                {key: Pending(**pending) for key, pending in details[half].items()} for half in ("responses", "truths")
            )
            self._level.restore(details["level"], self._streams)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SnapshotInvalidError(f"its details cannot be read ({error})") from error

        self._window.add_many(state.window_rows, state.window_partitions, state.window_offsets)
        self._new_rows, self._drifting = new_rows, drifting
        self._errors.extend(state.errors.tolist())
        self._join.responses.update(responses)
        self._join.truths.update(truths)
        # river's detectors cannot be stored, but what they know is a function of the errors since their last reset.
        for name, stream in self._streams.items():
            known = min(since.get(name, 0), len(self._errors))
            for value in list(self._errors)[len(self._errors) - known :]:
                stream.update(value)
            stream.since = since.get(name, 0)
        self._metrics.window_rows(min(len(self._window), self.config.window.rows))
        # At once: a gauge that is missing for long ends an alert, and begins another one when it is back.
        self._publish_streams()
        for name, feature in drifting:
            self._metrics.detected(name, feature, True, begins=False)
        if len(self._window) >= self.config.window.rows:
            self._evaluate()
