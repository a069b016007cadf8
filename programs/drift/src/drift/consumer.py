"""The Kafka side: reads the topic, commits what was processed, snapshots what is known.

Guarantee: every message is processed at least once, and changes the state exactly once.
- Offsets are committed by hand, after processing. Each commit carries as metadata the offset from which the window can
  be rebuilt by reading again.
- A snapshot holds the state together with the offsets it covers. A restart reads on from there.
- Without a usable snapshot a restart reads again from the committed metadata and so refills the window.
- Messages below the committed offset have been counted by an earlier process: they change the state, not the counters.
The state belongs to one process, so the group has one static member: a second process with the same group takes the
partitions over at once, and the first one is fenced off and ends.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import TypeVar

from confluent_kafka import (
    Consumer,
    KafkaError,
    KafkaException,
    TopicPartition,
)
from confluent_kafka import Message as KafkaMessage

from drift.config import Settings
from drift.messages import read_envelope
from drift.metrics import Metrics
from drift.monitor import Message, Monitor
from drift.snapshot import SnapshotInvalidError, from_bytes, to_bytes
from drift.storage import Storage, StorageError

log = logging.getLogger(__name__)

T = TypeVar("T")

# A batch is in memory all at once, beside the queue: 32 messages of 1 MB, the most that Kafka takes by default.
_BATCH = 32
_POLL_SECONDS = 0.5
_BROKER_TIMEOUT_SECONDS = 10.0
_LAG_SECONDS = 5.0


class FatalConsumerError(Exception):
    """The client cannot go on; a new process can."""


class StreamConsumer:
    """One topic, one group, one monitor. Not thread-safe but for `ready`, which any thread may read."""

    def __init__(self, settings: Settings, monitor: Monitor, storage: Storage, metrics: Metrics) -> None:
        self._config = settings.config
        self._kafka = settings.config.kafka
        self._monitor = monitor
        self._storage = storage
        self._metrics = metrics
        self._positions: dict[int, int] = {}
        self._counted: dict[int, int] = {}
        self._started: dict[int, int] = {}
        self._committed: dict[int, int] = {}
        self._partitions_missing = True
        self._fatal: str | None = None
        self._committed_at = self._snapshot_at = self._lag_at = time.monotonic()
        self._consumer = Consumer(
            {
                "bootstrap.servers": settings.bootstrap_servers,
                "group.id": self._kafka.group_id,
                "group.instance.id": f"{self._kafka.group_id}-0",
                "client.id": self._kafka.group_id,
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "auto.offset.reset": self._kafka.start_from,
                # New partitions, and a topic that is created later, are seen within this time.
                "topic.metadata.refresh.interval.ms": 10_000,
                # The defaults let 64 MB and 100,000 messages wait in memory.
                "queued.max.messages.kbytes": 16_384,
                "queued.min.messages": 5_000,
                # By default a full queue is looked at again after a second, by which time it is long empty.
                "fetch.queue.backoff.ms": 20,
                "error_cb": self._on_error,
                "on_commit": self._on_commit,
                "logger": log,
            }
        )

    @property
    def ready(self) -> str | None:
        """None if all partitions are being read, else what is missing."""
        if not self._started:
            return f"no partition of topic {self._kafka.topic} is assigned yet"
        if self._partitions_missing:
            return f"another member of group {self._kafka.group_id} reads some partitions of {self._kafka.topic}"
        return None

    def restore(self) -> None:
        """Load the snapshot, if there is one. Raises StorageError if that cannot be known now."""
        if self._config.snapshot is None:
            return
        data = self._storage.get(self._config.snapshot.uri)
        if data is None:
            log.info("no snapshot yet", extra={"uri": self._config.snapshot.uri})
            return
        try:
            state = from_bytes(data)
            self._monitor.restore(state)
        except SnapshotInvalidError as error:
            log.warning("snapshot ignored", extra={"uri": self._config.snapshot.uri, "reason": str(error)})
            return
        self._positions = dict(state.positions)
        log.info("snapshot restored", extra={"positions": str(state.positions), "rows": len(state.window_rows)})

    def start(self) -> None:
        self._consumer.subscribe(
            [self._kafka.topic], on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_revoke
        )

    def replace(self, monitor: Monitor) -> None:
        """Go on with another monitor, whose window is empty."""
        self._monitor = monitor
        self._snapshot_at = -float("inf")

    def step(self) -> None:
        """Process one batch, then what is due. Raises FatalConsumerError."""
        problems: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        for message in self._consumer.consume(_BATCH, timeout=_POLL_SECONDS):
            error = message.error()
            if error is not None:
                self._on_error(error)
                continue
            for reason, count in self._process(message).items():
                problems[reason].append((message.partition() or 0, message.offset() or 0, count))
        _log_problems(problems)
        if self._fatal is not None:
            raise FatalConsumerError(self._fatal)
        self._monitor.tick()
        now = time.monotonic()
        if now - self._committed_at >= self._kafka.commit_seconds:
            self._committed_at = now
            self._commit(asynchronous=True)
        if now - self._lag_at >= _LAG_SECONDS:
            self._lag_at = now
            self._report_lag()
        snapshot = self._config.snapshot
        if snapshot is not None and now - self._snapshot_at >= snapshot.interval_seconds:
            self._snapshot_at = now
            self._snapshot(snapshot.uri)

    def stop(self) -> None:
        """What was processed is snapshotted and committed, as far as S3 and the brokers let it be."""
        if self._config.snapshot is not None and self._started:
            self._snapshot(self._config.snapshot.uri)

        def leave() -> None:
            self._commit(asynchronous=False)
            self._consumer.close()

        # Without a broker both calls would wait for one for longer than a pod has time to end.
        thread = threading.Thread(target=leave, daemon=True)
        thread.start()
        thread.join(_BROKER_TIMEOUT_SECONDS)
        if thread.is_alive():
            log.warning("brokers did not answer in time; the last messages will be read again")

    def _process(self, message: KafkaMessage) -> Counter[str]:
        partition, offset = message.partition() or 0, message.offset() or 0
        position = self._positions.get(partition, 0)
        if offset < self._started.get(partition, 0) or offset == 0 < position:
            # The topic was made anew: what was counted before says nothing about these messages.
            log.warning("offsets began again", extra={"at": f"{partition}:{offset}"})
            self._counted[partition] = self._started[partition] = 0
        elif offset < position:
            return Counter()  # fetched before a rebalance and again after it
        headers = message.headers()
        _, milliseconds = message.timestamp()
        problems = self._monitor.handle(
            Message(
                envelope=read_envelope(headers if isinstance(headers, list) else None),
                value=message.value(),
                partition=partition,
                offset=offset,
                timestamp=milliseconds / 1000,
                counted=offset < self._counted.get(partition, 0),
            )
        )
        self._positions[partition] = offset + 1
        return problems

    def _on_assign(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """Read on where the state ends: this process's own, the snapshot's, or the one the last commit can rebuild."""
        committed = _retry(lambda: consumer.committed(partitions, timeout=_BROKER_TIMEOUT_SECONDS))
        for partition, stored in zip(partitions, committed, strict=True):
            number = partition.partition
            if stored.offset >= 0:
                self._counted.setdefault(number, stored.offset)
                self._committed[number] = stored.offset
            if number in self._positions:
                partition.offset = self._positions[number]
            elif stored.offset >= 0:
                partition.offset = _replay_offset(stored)
            else:
                low, high = self._watermarks(partition)
                partition.offset = low if self._kafka.start_from == "earliest" else high
            self._started[number] = self._positions[number] = partition.offset
        consumer.assign(partitions)
        topic = _retry(lambda: consumer.list_topics(self._kafka.topic, timeout=_BROKER_TIMEOUT_SECONDS))
        known = len(topic.topics[self._kafka.topic].partitions)
        self._partitions_missing = len(partitions) < known
        log.info("partitions assigned", extra={"from": _places(partitions), "partitions": known})

    def _on_revoke(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """The state stays, and with it the position: if they come back, reading goes on there."""
        log.info("partitions revoked", extra={"at": _places(partitions)})
        for partition in partitions:
            self._started.pop(partition.partition, None)
            self._metrics.lag_unknown(partition.partition)

    def _on_error(self, error: KafkaError) -> None:
        self._metrics.kafka_error(error.name())
        log.warning("kafka", extra={"error": error.name(), "detail": error.str()})
        # The client says so in a callback, once, and is of no use from then on.
        if error.fatal() or error.code() == KafkaError._FATAL:
            self._fatal = error.str()

    def _commit(self, *, asynchronous: bool) -> None:
        replay = self._monitor.replay_from()
        due = [
            TopicPartition(
                self._kafka.topic, partition, position, json.dumps({"replay": replay.get(partition, position)})
            )
            for partition, position in self._positions.items()
            if partition in self._started
            and position != self._committed.get(partition)
            and position >= self._counted.get(partition, 0)
        ]
        if not due:
            return
        self._committed.update({partition.partition: partition.offset for partition in due})
        try:
            if asynchronous:
                self._consumer.commit(offsets=due, asynchronous=True)
            else:
                self._consumer.commit(offsets=due, asynchronous=False)
        except KafkaException as error:
            self._on_commit(error.args[0], due)

    def _on_commit(self, error: KafkaError | None, partitions: list[TopicPartition]) -> None:
        if error is not None:
            log.warning("commit failed, to be tried again", extra={"error": error.str()})
            for partition in partitions:
                self._committed.pop(partition.partition, None)

    def _snapshot(self, uri: str) -> None:
        try:
            self._storage.put(uri, to_bytes(self._monitor.state(self._positions)))
        except StorageError as error:
            log.warning("snapshot not written", extra={"error": str(error)})
            self._metrics.snapshot_failed()
        else:
            self._metrics.snapshot_written(time.time())

    def _report_lag(self) -> None:
        for partition in self._started:
            try:
                known = self._consumer.get_watermark_offsets(TopicPartition(self._kafka.topic, partition), cached=True)
            except KafkaException:
                continue
            # Negative until the first answer of the broker.
            if known is not None and known[1] >= 0:
                self._metrics.lag(partition, max(known[1] - self._positions[partition], 0))

    def _watermarks(self, partition: TopicPartition) -> tuple[int, int]:
        found = _retry(lambda: self._consumer.get_watermark_offsets(partition, timeout=_BROKER_TIMEOUT_SECONDS))
        if found is None:
            raise FatalConsumerError(f"no answer to where partition {partition.partition} begins and ends")
        return found


def _retry(call: Callable[[], T]) -> T:
    """A broker that has just come back may need a moment. Raises FatalConsumerError."""
    for attempt in range(6):
        try:
            return call()
        except KafkaException as error:
            log.warning("broker not ready", extra={"error": str(error), "attempt": attempt + 1})
            last = error
            time.sleep(min(2**attempt, 10))
    raise FatalConsumerError(str(last)) from last


def _replay_offset(stored: TopicPartition) -> int:
    try:
        replay = json.loads(stored.metadata or "")["replay"]
    except (ValueError, KeyError, TypeError):
        return stored.offset
    return min(replay, stored.offset) if isinstance(replay, int) and replay >= 0 else stored.offset


def _places(partitions: Iterable[TopicPartition]) -> str:
    return " ".join(f"{partition.partition}:{partition.offset}" for partition in partitions)


def _log_problems(problems: dict[str, list[tuple[int, int, int]]]) -> None:
    """One line for each reason in a batch, with every offset: many bad messages must not become a flood of logs."""
    for reason, places in problems.items():
        log.warning(
            "rejected",
            extra={"reason": reason, "rows": sum(count for _, _, count in places), "at": _ranges(places)},
        )


def _ranges(places: list[tuple[int, int, int]]) -> str:
    """partition:first-last, for each run of offsets."""
    runs: list[list[int]] = []
    for partition, offset, _ in places:
        if runs and runs[-1][0] == partition and runs[-1][2] == offset - 1:
            runs[-1][2] = offset
        else:
            runs.append([partition, offset, offset])
    return " ".join(f"{p}:{first}" if first == last else f"{p}:{first}-{last}" for p, first, last in runs)
