"""What Prometheus sees. Every series carries model and version; what is measured per detector carries those too."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector

_MODEL = ("model", "version")
_SERIES = (*_MODEL, "detector", "feature")


class Metrics:
    """The registry of one process. `bind` says which model and version all later values belong to."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._all: list[Gauge | Counter] = []
        self._bound = ("", "")

        self._score = self._gauge("drift_score", "How different; drift is a score above drift_threshold", _SERIES)
        self._threshold = self._gauge("drift_threshold", "In the unit of drift_score", _SERIES)
        self._p_value = self._gauge("drift_p_value", "Of the detectors that are statistical tests", _SERIES)
        self._detected = self._gauge("drift_detected", "1 while there is drift, else 0", _SERIES)
        self._detections = self._counter("drift_detections", "Changes of drift_detected from 0 to 1", _SERIES)
        self._missing = self._gauge(
            "drift_missing_ratio", "Share of missing values in the window, 0 to 1", (*_MODEL, "feature")
        )
        self._rows_seen = self._counter("drift_rows_seen", "Rows of requests that went into the window", _MODEL)
        self._rows_rejected = self._counter("drift_rows_rejected", "Rows of requests that did not", (*_MODEL, "reason"))
        self._messages = self._counter("drift_messages", "Messages of the topic, by header type", (*_MODEL, "type"))
        self._messages_rejected = self._counter(
            "drift_messages_rejected", "Messages that could not be read", (*_MODEL, "reason")
        )
        self._messages_skipped = self._counter(
            "drift_messages_skipped", "Messages that belong to something else", (*_MODEL, "reason")
        )
        self._feedback_rows = self._counter("drift_feedback_rows", "Errors that feedback gave", _MODEL)
        self._feedback_unmatched = self._counter(
            "drift_feedback_unmatched", "Responses and feedback given up without the other half", (*_MODEL, "kind")
        )
        self._evaluations = self._counter("drift_evaluations", "Comparisons of window and reference", _MODEL)
        self._window_rows = self._gauge("drift_window_rows", "Rows in the window", _MODEL)
        self._reference_rows = self._gauge("drift_reference_rows", "Rows of the reference in use", _MODEL)
        self._lag = self._gauge(
            "drift_consumer_lag", "Messages of a partition not yet processed", (*_MODEL, "partition")
        )
        self._last_message = self._gauge(
            "drift_last_message_timestamp_seconds", "Time of the latest message, as its producer wrote it", _MODEL
        )
        self._kafka_errors = self._counter("drift_kafka_errors", "Errors that the client reported", (*_MODEL, "error"))
        self._snapshot_time = self._gauge(
            "drift_snapshot_timestamp_seconds", "When the latest snapshot was written", _MODEL
        )
        self._snapshot_failures = self._counter("drift_snapshot_failures", "Snapshots that were not written", _MODEL)

    def bind(self, model: str, version: str) -> None:
        """The series of another version end here: a gauge of a version that nobody watches would never change again."""
        if self._bound != (model, version):
            for metric in self._all:
                metric.clear()
        self._bound = (model, version)
        # A counter that is there from the start shows its first increase.
        for counter in (self._rows_seen, self._feedback_rows, self._evaluations, self._snapshot_failures):
            counter.labels(*self._bound)

    def result(self, detector: str, feature: str, score: float, threshold: float, p_value: float) -> None:
        series = (*self._bound, detector, feature)
        for gauge, value in ((self._score, score), (self._threshold, threshold), (self._p_value, p_value)):
            if value == value:
                gauge.labels(*series).set(value)
            else:
                gauge.remove(*series)

    def detected(self, detector: str, feature: str, drift: bool, *, begins: bool) -> None:
        series = (*self._bound, detector, feature)
        self._detected.labels(*series).set(drift)
        self._detections.labels(*series).inc(begins)

    def missing(self, feature: str, ratio: float) -> None:
        self._missing.labels(*self._bound, feature).set(ratio)

    def rows(self, seen: int) -> None:
        self._rows_seen.labels(*self._bound).inc(seen)

    def rows_rejected(self, reason: str, count: int) -> None:
        self._rows_rejected.labels(*self._bound, reason).inc(count)

    def message(self, kind: str) -> None:
        self._messages.labels(*self._bound, kind).inc()

    def message_rejected(self, reason: str) -> None:
        self._messages_rejected.labels(*self._bound, reason).inc()

    def message_skipped(self, reason: str) -> None:
        self._messages_skipped.labels(*self._bound, reason).inc()

    def feedback_rows(self, count: int) -> None:
        self._feedback_rows.labels(*self._bound).inc(count)

    def feedback_unmatched(self, kind: str, count: int) -> None:
        self._feedback_unmatched.labels(*self._bound, kind).inc(count)

    def evaluated(self) -> None:
        self._evaluations.labels(*self._bound).inc()

    def window_rows(self, count: int) -> None:
        self._window_rows.labels(*self._bound).set(count)

    def reference_rows(self, count: int) -> None:
        self._reference_rows.labels(*self._bound).set(count)

    def lag(self, partition: int, messages: int) -> None:
        self._lag.labels(*self._bound, str(partition)).set(messages)

    def lag_unknown(self, partition: int) -> None:
        self._lag.remove(*self._bound, str(partition))

    def last_message(self, seconds: float) -> None:
        self._last_message.labels(*self._bound).set(seconds)

    def kafka_error(self, error: str) -> None:
        self._kafka_errors.labels(*self._bound, error).inc()

    def snapshot_written(self, seconds: float) -> None:
        self._snapshot_time.labels(*self._bound).set(seconds)

    def snapshot_failed(self) -> None:
        self._snapshot_failures.labels(*self._bound).inc()

    def _gauge(self, name: str, text: str, labels: tuple[str, ...]) -> Gauge:
        gauge = Gauge(name, text, labels, registry=self.registry)
        self._all.append(gauge)
        return gauge

    def _counter(self, name: str, text: str, labels: tuple[str, ...]) -> Counter:
        counter = Counter(name, text, labels, registry=self.registry)
        self._all.append(counter)
        return counter
