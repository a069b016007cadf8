"""The process: settings, reference, consumer, in this order, until SIGTERM."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from confluent_kafka import KafkaException

from drift import logs
from drift.config import ConfigError, Settings, load
from drift.consumer import FatalConsumerError, StreamConsumer
from drift.data_drift import ReferenceUnusableError
from drift.metrics import Metrics
from drift.monitor import Monitor
from drift.reference import ReferenceNotReadyError, ReferenceSource
from drift.registry import Registry
from drift.server import Health, serve
from drift.storage import Storage, StorageError

log = logging.getLogger("drift")

T = TypeVar("T")

_LONGEST_WAIT_SECONDS = 60


class StoppedError(Exception):
    """SIGTERM came while something was being waited for."""


class Process:
    def __init__(self, settings: Settings, stop: threading.Event) -> None:
        self._settings = settings
        self._stop = stop
        self._metrics = Metrics()
        self._health = Health()
        self._storage = Storage(settings.s3_endpoint_url, settings.s3_verify_tls)
        registry = Registry(settings.mlflow_tracking_uri) if settings.mlflow_tracking_uri else None
        self._source = ReferenceSource(settings.config, registry, self._storage)
        self._checked_at = time.monotonic()

    def run(self) -> None:
        """Raises StoppedError or FatalConsumerError."""
        config = self._settings.config
        self._metrics.bind(config.model.name, config.model.version)
        server = serve(self._settings.listen, self._metrics.registry, self._health)
        log.info("listening", extra={"port": server.server_port, "model": config.model.name})
        try:
            monitor = self._wait_for("reference data", self._load)
            consumer = StreamConsumer(self._settings, monitor, self._storage, self._metrics)
            self._wait_for("the snapshot store", consumer.restore)
            self._consume(consumer, monitor)
        finally:
            server.shutdown()

    def _consume(self, consumer: StreamConsumer, monitor: Monitor) -> None:
        consumer.start()
        try:
            while not self._stop.is_set():
                self._health.beat()
                consumer.step()
                self._health.waiting_for = consumer.ready
                newer = self._newer(monitor)
                if newer is not None:
                    monitor = newer
                    consumer.replace(monitor)
        except FatalConsumerError:
            # Another process has the partitions now: its state must not be overwritten with this one.
            raise
        else:
            log.info("stopping: writing the state")
            consumer.stop()

    def _load(self) -> Monitor:
        return self._monitor(self._source.version())

    def _monitor(self, version: str) -> Monitor:
        reference = self._source.load(version)
        try:
            monitor = Monitor(self._settings.config, reference, self._metrics)
        except ReferenceUnusableError as error:
            raise ReferenceNotReadyError(str(error)) from error
        log.info(
            "reference loaded",
            extra={"version": version, "rows": len(reference.rows), "features": len(reference.features.columns)},
        )
        return monitor

    def _newer(self, monitor: Monitor) -> Monitor | None:
        """With model.version `latest`: the monitor of a version that was registered since."""
        config = self._settings.config
        if config.model.version != "latest":
            return None
        if time.monotonic() - self._checked_at < config.reference.refresh_seconds:
            return None
        self._checked_at = time.monotonic()
        try:
            version = self._source.version()
            return None if version == monitor.reference.version else self._monitor(version)
        except ReferenceNotReadyError as error:
            log.warning("staying with this version", extra={"version": monitor.reference.version, "reason": str(error)})
            return None

    def _wait_for(self, what: str, attempt: Callable[[], T]) -> T:
        """Try until it works, each time twice as long after the last, and not ready meanwhile."""
        delay = 1
        while True:
            self._health.beat()
            try:
                return attempt()
            except (ReferenceNotReadyError, StorageError) as error:
                self._health.waiting_for = f"{what}: {error}"
                log.warning("waiting", extra={"for": what, "reason": str(error), "seconds": delay})
            if self._stop.wait(delay):
                raise StoppedError
            delay = min(2 * delay, _LONGEST_WAIT_SECONDS)


def main() -> int:
    logs.set_up()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        settings = load(os.environ)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        Process(settings, stop).run()
    except StoppedError:
        log.info("stopped while waiting")
    except (FatalConsumerError, KafkaException) as error:
        log.error("cannot go on", extra={"reason": str(error)})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
