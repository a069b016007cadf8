"""The whole process against a real Kafka broker: what it survives, and that nothing is lost or counted twice."""

from __future__ import annotations

import json
import math
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from prometheus_client.parser import text_string_to_metric_families

from drift.features import Matrix
from drift.messages import FEEDBACK, REQUEST, RESPONSE
from drift.snapshot import State, from_bytes
from drift.storage import Storage
from tests.helpers import numbers
from tests.mlflow import Registered
from tests.servers import Broker, Detector, wait_until

WINDOW = 200
REFERENCE = "s3://drift/reference.csv"
SNAPSHOT = "s3://drift/snapshots/creditcard.npz"


class Stage:
    """One topic of its own, and detectors that watch it."""

    def __init__(
        self, broker: Broker, storage: Storage, s3: str, folder: Path, detectors: list[Detector], partitions: int = 1
    ) -> None:
        self.broker, self.storage = broker, storage
        self.topic = f"creditcard-{uuid.uuid4().hex[:8]}"
        self._s3, self._folder, self._detectors, self._partitions = s3, folder, detectors, partitions
        broker.create_topic(self.topic, partitions)
        self._producer = Producer(
            {"bootstrap.servers": broker.servers, "linger.ms": 5, "log_level": 0, "error_cb": lambda _: None}
        )

    def put_reference(self) -> None:
        text = "\n".join(",".join(map(str, row)) + ",0" for row in numbers(1000).tolist())
        self.storage.put(REFERENCE, f"x0,x1,x2,Class\n{text}\n".encode())

    def detector(self, *, snapshot: float | None = None, mlflow: str = "", **sections: Any) -> Detector:
        config = {
            "model": {"name": "creditcard", "version": "7"},
            "kafka": {"topic": self.topic, "groupId": f"drift-{self.topic}", "commitSeconds": 0.2},
            "reference": {"source": REFERENCE, "drop": ["Class"]},
            "window": {"rows": WINDOW, "evaluateEveryRows": 1, "evaluateEverySeconds": 0},
            "detectors": [{"algorithm": "mmd"}, {"algorithm": "ks"}, {"algorithm": "adwin"}],
            **({} if snapshot is None else {"snapshot": {"uri": SNAPSHOT, "intervalSeconds": snapshot}}),
            **sections,
        }
        file = self._folder / f"config-{uuid.uuid4().hex}.json"
        file.write_text(json.dumps(config))
        found = Detector(
            self._folder,
            file,
            KAFKA_BOOTSTRAP_SERVERS=self.broker.servers,
            MLFLOW_S3_ENDPOINT_URL=self._s3,
            MLFLOW_TRACKING_URI=mlflow,
        )
        self._detectors.append(found)
        return found

    def send(self, value: bytes | None, kind: str = REQUEST, request_id: str = "", partition: int = 0) -> None:
        headers: list[tuple[str, str | bytes | None]] = [
            ("type", kind.encode()),
            ("content-type", b"application/json"),
            ("modelid", b"classifier"),
            ("requestid", request_id.encode()),
            ("endpoint", b"default"),
        ]
        self._producer.produce(self.topic, value, headers=headers, partition=partition)

    def rows(self, rows: Matrix, each: int = 1) -> None:
        for i, start in enumerate(range(0, len(rows), each)):
            self.send(
                json.dumps({"data": {"ndarray": rows[start : start + each].tolist()}}).encode(),
                partition=i % self._partitions,
            )
        self.flush()

    def feedback(self, wrong: Sequence[bool], name: str) -> None:
        for i, mistake in enumerate(wrong):
            self.send(b'{"data":{"ndarray":[[1]]}}', RESPONSE, f"{name}-{i}")
            truth = 0 if mistake else 1
            self.send(b'{"truth":{"data":{"ndarray":[[%d]]}}}' % truth, FEEDBACK, f"{name}-{i}")
        self.flush()

    def flush(self) -> None:
        assert self._producer.flush(60) == 0

    def committed(self) -> int:
        consumer = Consumer({"bootstrap.servers": self.broker.servers, "group.id": f"drift-{self.topic}"})
        partitions = [TopicPartition(self.topic, i) for i in range(self._partitions)]
        found = sum(max(p.offset, 0) for p in consumer.committed(partitions, timeout=10))
        consumer.close()
        return found

    def snapshot(self) -> State:
        data = self.storage.get(SNAPSHOT)
        assert data is not None
        return from_bytes(data)


@pytest.fixture
def stage(
    broker: Broker, storage: Storage, s3_endpoint: str, tmp_path: Path, detectors: list[Detector]
) -> Callable[..., Stage]:
    def build(partitions: int = 1, *, with_reference: bool = True) -> Stage:
        built = Stage(broker, storage, s3_endpoint, tmp_path, detectors, partitions)
        if with_reference:
            built.put_reference()
        return built

    return build


def get(detector: Detector, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{detector.port}{path}", timeout=5) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def metric(process: Detector, name: str, /, **labels: str) -> float:
    """NaN if there is no such series yet."""
    for family in text_string_to_metric_families(get(process, "/metrics")[1]):
        for sample in family.samples:
            if sample.name == name and labels.items() <= sample.labels.items():
                return float(sample.value)
    return float("nan")


def wait_ready(detector: Detector) -> None:
    wait_until(lambda: get(detector, "/readyz")[0] == 200, f"ready; {detector.log.read_text()[-2000:]}")


def wait_metric(process: Detector, expected: float, name: str, /, **labels: str) -> None:
    try:
        wait_until(lambda: metric(process, name, **labels) == expected, f"{name}{labels} = {expected}")
    except TimeoutError as error:
        raise AssertionError(
            f"{error}: is {metric(process, name, **labels)}\n{process.log.read_text()[-4000:]}"
        ) from error


def test_drift_in_the_live_traffic_reaches_the_metrics(stage: Callable[..., Stage]) -> None:
    live = stage(partitions=3)
    detector = live.detector(feedback={"recent": 100})
    wait_ready(detector)
    live.rows(numbers(300, seed=1), each=7)
    wait_metric(detector, 300, "drift_rows_seen_total", model="creditcard", version="7")
    wait_metric(detector, 0, "drift_detected", detector="mmd", feature="*")
    live.rows(numbers(3 * WINDOW, seed=2, shift=2), each=7)
    wait_metric(detector, 1, "drift_detected", detector="mmd", feature="*")
    wait_metric(detector, 1, "drift_detected", detector="ks", feature="x1")
    live.feedback([False] * 400 + [True] * 200, "a")
    wait_metric(detector, 1, "drift_detected", detector="adwin", feature="feedback")
    for partition in "012":
        wait_metric(detector, 0, "drift_consumer_lag", partition=partition)
    assert metric(detector, "drift_reference_rows") == 1000
    assert metric(detector, "drift_last_message_timestamp_seconds") > 1_700_000_000
    assert get(detector, "/healthz") == (200, "ok\n")
    assert get(detector, "/nothing")[0] == 404


def test_many_large_messages_do_not_fill_the_memory(stage: Callable[..., Stage]) -> None:
    live = stage()
    # 300 of nearly 1 MB, the most that a client sends unless told otherwise.
    body = b'{"data":{"ndarray":[[1,2,3]]},"more":"' + b"x" * 999_000 + b'"}'
    for _ in range(300):
        live.send(body)
    live.flush()
    detector = live.detector()
    wait_metric(detector, 300, "drift_rows_seen_total")
    status = Path(f"/proc/{detector.process.pid}/status").read_text()
    (peak,) = [int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")]
    assert peak < 300


def test_without_a_reference_it_waits_and_is_not_ready(stage: Callable[..., Stage]) -> None:
    live = stage(with_reference=False)
    detector = live.detector()
    status, text = wait_until(
        lambda: (answer := get(detector, "/readyz"))[1].startswith("waiting for reference data") and answer,
        "waiting",
    )
    assert status == 503
    assert "reference.csv" in text
    assert get(detector, "/healthz")[0] == 200
    live.put_reference()
    wait_ready(detector)


def test_sigterm_while_waiting_ends_it_at_once(stage: Callable[..., Stage]) -> None:
    detector = stage(with_reference=False).detector()
    wait_until(lambda: get(detector, "/readyz")[0] == 503, "waiting")
    assert detector.terminate() == 0


def test_poison_is_counted_logged_with_its_offset_and_committed(stage: Callable[..., Stage]) -> None:
    live = stage()
    detector = live.detector()
    wait_ready(detector)
    live.rows(numbers(2))
    for value in (b"{", None, b"\xff\x00", b"[" * 5000, b'{"X": [[1, 2, 3]]}', b'{"data": {"ndarray": [[1, 2]]}}'):
        live.send(value)
    live.rows(numbers(3))
    wait_metric(detector, 5, "drift_rows_seen_total")
    assert metric(detector, "drift_messages_rejected_total", reason="invalid_json") == 3
    assert metric(detector, "drift_messages_rejected_total", reason="empty") == 1
    assert metric(detector, "drift_messages_rejected_total", reason="unsupported_payload") == 1
    assert metric(detector, "drift_rows_rejected_total", reason="wrong_width") == 1
    wait_until(lambda: live.committed() == 11, "everything committed")
    logged = [json.loads(line) for line in detector.log.read_text().splitlines()]
    offsets = {line["reason"]: line["at"] for line in logged if line["message"] == "rejected"}
    assert offsets == {
        "invalid_json": "0:2 0:4-5",
        "empty": "0:3",
        "unsupported_payload": "0:6",
        "wrong_width": "0:7",
    }


def test_sigterm_finishes_what_it_has_and_the_next_one_goes_on_there(stage: Callable[..., Stage]) -> None:
    live = stage(partitions=2)
    first = live.detector(snapshot=3600)
    wait_ready(first)
    live.rows(numbers(150, seed=1))
    live.feedback([False] * 50, "a")
    wait_metric(first, 50, "drift_feedback_rows_total")
    wait_metric(first, 150, "drift_rows_seen_total")
    assert first.terminate() == 0
    assert live.committed() == 250
    assert sum(live.snapshot().positions.values()) == 250
    second = live.detector(snapshot=3600)
    wait_metric(second, 150, "drift_window_rows")
    live.rows(numbers(50, seed=2))
    wait_metric(second, 200, "drift_window_rows")
    assert metric(second, "drift_rows_seen_total") == 50
    assert second.terminate() == 0
    assert len(live.snapshot().errors) == 50


def test_a_kill_loses_nothing_and_counts_nothing_twice(stage: Callable[..., Stage]) -> None:
    """Rows are numbered: the window must be their end, gapless and in order, whenever the kill came."""
    live = stage()
    rows = numbers(1000, seed=1)
    rows[:, 0] = range(1000)
    detector = live.detector(snapshot=0.3)
    for part in range(5):
        wait_ready(detector)
        live.rows(rows[part * 200 : part * 200 + 150])
        wait_until(lambda: metric(detector, "drift_rows_seen_total") > 0, "some rows")  # noqa: B023 - called in this turn
        detector.kill()
        live.rows(rows[part * 200 + 150 : part * 200 + 200])
        live.feedback([False] * 10, f"part {part}")
        detector = live.detector(snapshot=0.3)
    wait_until(lambda: live.committed() == 1100, "everything committed")
    assert detector.terminate() == 0
    state = live.snapshot()
    assert state.window_rows[:, 0].tolist() == list(range(1000 - 2 * WINDOW, 1000))
    assert len(state.errors) == 50
    assert state.positions == {0: 1100}


def test_without_a_snapshot_the_window_is_read_again(stage: Callable[..., Stage]) -> None:
    live = stage()
    first = live.detector()
    wait_ready(first)
    live.rows(numbers(500, seed=1))
    wait_until(lambda: live.committed() == 500, "everything committed")
    first.kill()
    second = live.detector()
    wait_metric(second, WINDOW, "drift_window_rows")
    wait_metric(second, 0, "drift_consumer_lag", partition="0")
    assert metric(second, "drift_rows_seen_total") == 0
    assert live.committed() == 500


def test_a_snapshot_that_is_damaged_is_no_reason_to_stop(stage: Callable[..., Stage]) -> None:
    live = stage()
    live.storage.put(SNAPSHOT, b"not a snapshot")
    detector = live.detector(snapshot=0.3)
    live.rows(numbers(10))
    wait_metric(detector, 10, "drift_rows_seen_total")
    wait_until(lambda: live.storage.get(SNAPSHOT) != b"not a snapshot", "a new snapshot")
    assert "snapshot ignored" in detector.log.read_text()


def test_a_broker_that_dies_and_comes_back_costs_no_row(stage: Callable[..., Stage]) -> None:
    live = stage()
    detector = live.detector(snapshot=0.3)
    wait_ready(detector)
    live.rows(numbers(100, seed=1))
    wait_metric(detector, 100, "drift_rows_seen_total")
    live.broker.kill()
    wait_until(lambda: metric(detector, "drift_kafka_errors_total") > 0, "the loss is noticed")
    assert detector.process.poll() is None
    assert get(detector, "/healthz")[0] == 200
    live.broker.start()
    live.rows(numbers(120, seed=2))
    wait_metric(detector, 220, "drift_rows_seen_total")
    wait_until(lambda: live.committed() == 220, "everything committed")


def test_sigterm_without_a_broker_ends_in_the_time_that_a_pod_has(stage: Callable[..., Stage]) -> None:
    live = stage()
    uncommitted = {"topic": live.topic, "groupId": f"drift-{live.topic}", "commitSeconds": 3600}
    detector = live.detector(snapshot=3600, kafka=uncommitted)
    wait_ready(detector)
    live.rows(numbers(100, seed=1))
    wait_metric(detector, 100, "drift_rows_seen_total")
    live.broker.kill()
    began = time.monotonic()
    try:
        assert detector.terminate() == 0
        assert time.monotonic() - began < 45
    finally:
        live.broker.start()
    assert live.snapshot().positions == {0: 100}
    assert live.committed() == 0


def test_a_second_process_takes_over_and_the_first_one_ends(stage: Callable[..., Stage]) -> None:
    live = stage()
    first = live.detector(snapshot=0.3)
    wait_ready(first)
    live.rows(numbers(100, seed=1))
    wait_metric(first, 100, "drift_rows_seen_total")
    wait_until(lambda: live.storage.get(SNAPSHOT) and sum(live.snapshot().positions.values()) == 100, "snapshot")
    second = live.detector(snapshot=0.3)
    wait_ready(second)
    assert first.process.wait(120) == 1
    live.rows(numbers(20, seed=2))
    wait_metric(second, 120, "drift_window_rows")
    assert metric(second, "drift_rows_seen_total") == 20


def test_a_topic_that_is_created_later_is_read_from_its_beginning(broker: Broker, stage: Callable[..., Stage]) -> None:
    live = stage()
    live.topic = f"late-{uuid.uuid4().hex[:8]}"
    detector = live.detector()
    wait_until(lambda: "no partition" in get(detector, "/readyz")[1], "waiting for the topic")
    broker.create_topic(live.topic)
    live.rows(numbers(5))
    wait_metric(detector, 5, "drift_rows_seen_total")


def test_latest_follows_the_registry_with_a_new_window(stage: Callable[..., Stage], mlflow: Registered) -> None:
    live = stage()
    for version, shift in (("1", 0), ("2", 5)):
        rows = "\n".join(",".join(map(str, row)) for row in numbers(1000, shift=shift).tolist())
        mlflow.files[f"{version}/artifacts/testing_dataset.csv"] = f"x0,x1,x2\n{rows}\n"
    mlflow.versions = {"1": "mlflow-artifacts:/1"}
    detector = live.detector(
        snapshot=0.3,
        mlflow=mlflow.address,
        model={"name": "credit card", "version": "latest"},
        reference={"refreshSeconds": 10},
    )
    live.rows(numbers(2 * WINDOW, seed=1, shift=5))
    wait_metric(detector, 1, "drift_detected", version="1", detector="mmd", feature="*")
    mlflow.versions["2"] = "mlflow-artifacts:/2"
    wait_metric(detector, 1000, "drift_reference_rows", version="2")
    assert math.isnan(metric(detector, "drift_detected", version="1"))
    wait_metric(detector, 0, "drift_window_rows", version="2")
    live.rows(numbers(WINDOW, seed=2, shift=5))
    wait_metric(detector, 0, "drift_detected", version="2", detector="mmd", feature="*")
    detector.kill()
    again = live.detector(
        snapshot=0.3, mlflow=mlflow.address, model={"name": "credit card", "version": "latest"}, reference={}
    )
    wait_metric(again, WINDOW, "drift_window_rows", version="2")


def test_settings_that_are_wrong_end_it_with_every_reason(stage: Callable[..., Stage]) -> None:
    detector = stage().detector(window={"rows": 1}, detectors=[])
    assert detector.process.wait(120) == 2
    log = detector.log.read_text()
    assert "window.rows: 1" in log
    assert "detectors: []" in log
