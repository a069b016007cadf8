"""Real neighbours for the tests, as child processes on the loopback interface."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

JARS = Path(os.environ.get("DRIFT_TEST_KAFKA_JARS", str(Path(__file__).parent / "kafka" / "jars")))
PYTHON = os.environ.get("DRIFT_TEST_PYTHON", sys.executable)
ROOT = Path(__file__).parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(check: Callable[[], Any], what: str, seconds: float = 240) -> Any:
    """The first truthy answer of `check`. Errors of connections that are not there yet count as no answer."""
    deadline = time.monotonic() + seconds
    last: object = None
    while time.monotonic() < deadline:
        try:
            last = check()
        except (OSError, KafkaException) as error:
            last = error
        else:
            if last:
                return last
        time.sleep(0.1)
    raise TimeoutError(f"{what} within {seconds} s; last answer: {last!r}")


def why_no_broker() -> str | None:
    if shutil.which("java") is None:
        return "no java on PATH: nothing here shows that the detector works with a real Kafka broker"
    if not any(JARS.glob("kafka_2.13-*.jar")):
        return f"no broker in {JARS} (see tests/kafka/pom.xml): nothing here shows that Kafka restarts are survived"
    return None


class Broker:
    """One Kafka node in KRaft mode. Its port and its data survive `kill` and `start`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port, controller = free_port(), free_port()
        self.servers = f"127.0.0.1:{self._port}"
        self._properties = folder / "server.properties"
        settings = {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "listeners": f"PLAINTEXT://127.0.0.1:{self._port},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{self._port}",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": folder / "data",
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 1,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0,
            "auto.create.topics.enable": "false",
        }
        self._properties.write_text("\n".join(f"{key}={value}" for key, value in settings.items()))
        self._java("kafka.tools.StorageTool", "format", "-t", "5L6g3nShT-eMCtK--X86sw", "-c", str(self._properties))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._folder / "broker.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command("kafka.Kafka", str(self._properties)), stdout=log, stderr=log
            )
        wait_until(lambda: self.admin().list_topics(timeout=2).brokers, "a Kafka broker")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def admin(self) -> AdminClient:
        return AdminClient({"bootstrap.servers": self.servers, "log_level": 0})

    def create_topic(self, name: str, partitions: int = 1) -> None:
        admin = self.admin()  # has to outlive its futures
        for future in admin.create_topics([NewTopic(name, partitions, 1)]).values():
            future.result(30)

    def _java(self, *arguments: str) -> None:
        subprocess.run(self._command(*arguments), check=True, capture_output=True)

    def _command(self, *arguments: str) -> list[str]:
        return ["java", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", f"{JARS}/*", *arguments]


class Detector:
    """The detector as its image runs it: `python -m drift.main`. DRIFT_TEST_PYTHON: another Python that has it."""

    def __init__(self, folder: Path, config: Path, **environment: str) -> None:
        self.port = free_port()
        self.log = folder / f"detector-{self.port}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [PYTHON, "-m", "drift.main"],
                env={
                    "PATH": os.environ["PATH"],
                    **({"PYTHONPATH": str(ROOT / "src")} if sys.executable == PYTHON else {}),
                    "DRIFT_CONFIG": str(config),
                    "DRIFT_LISTEN": f"127.0.0.1:{self.port}",
                    "AWS_ACCESS_KEY_ID": "test",
                    "AWS_SECRET_ACCESS_KEY": "test",
                    **environment,
                },
                stderr=log,
            )

    def terminate(self) -> int:
        """What a pod gets first. Returns the exit code."""
        self.process.terminate()
        return self.process.wait(60)

    def kill(self) -> None:
        """What a pod gets when the node dies or memory runs out."""
        self.process.kill()
        self.process.wait()
