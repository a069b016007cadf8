from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource  # type: ignore[attr-defined]  # documented there

from drift.config import ConfigError
from drift.topics import Topic, TopicsMissingError, make_when_possible, read
from tests.servers import PYTHON, ROOT, Broker, free_port, wait_until


def topic(name: str, partitions: int = 1, retention_ms: int = 3_600_000) -> dict[str, Any]:
    return {"name": name, "partitions": partitions, "retentionMs": retention_ms}


def write(folder: Path, file: str, *topics: dict[str, Any]) -> None:
    (folder / file).write_text(json.dumps(topics))


def command(folder: Path, servers: str) -> dict[str, Any]:
    """As the image runs it."""
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src"), "KAFKA_BOOTSTRAP_SERVERS": servers}
    return {"args": [PYTHON, "-m", "drift.topics", str(folder)], "env": environ, "text": True}


def run(folder: Path, servers: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(**command(folder, servers), capture_output=True, timeout=120)


def partitions(broker: Broker, name: str) -> int:
    return len(broker.admin().list_topics(timeout=10).topics[name].partitions)


def retention(broker: Broker, name: str) -> str:
    resource = ConfigResource(ConfigResource.Type.TOPIC, name)
    admin = broker.admin()
    return str(admin.describe_configs([resource])[resource].result(30)["retention.ms"].value)


def test_every_topic_of_every_list_is_made(broker: Broker, tmp_path: Path) -> None:
    write(tmp_path, "0.json", *(topic(f"made-{index}") for index in range(250)))
    write(tmp_path, "1.json", topic("made-large", 3, 86_400_000))
    done = run(tmp_path, broker.servers)
    assert done.returncode == 0, done.stderr
    expected = {f"made-{index}" for index in range(250)} | {"made-large"}
    # Brokers learn of a topic a moment after it was made.
    wait_until(lambda: expected <= set(broker.admin().list_topics(timeout=10).topics), "every topic")
    assert partitions(broker, "made-large") == 3
    assert retention(broker, "made-large") == "86400000"


def test_what_is_there_stays_and_what_differs_is_said(broker: Broker, tmp_path: Path) -> None:
    write(tmp_path, "0.json", topic("kept"), topic("same"))
    assert run(tmp_path, broker.servers).returncode == 0
    # At once: the brokers may not know of the topics yet.
    write(tmp_path, "0.json", topic("kept", 4, 7_200_000), topic("same"))
    again = run(tmp_path, broker.servers)
    assert again.returncode == 0, again.stderr
    said = [json.loads(line) for line in again.stderr.splitlines()]
    assert [
        (line["topic"], line["setting"], line["wanted"], line["found"])
        for line in said
        if line["message"] == "left as it is"
    ] == [("kept", "partitions", 4, 1), ("kept", "retention.ms", 7_200_000, 3_600_000)]
    assert partitions(broker, "kept") == 1
    assert retention(broker, "kept") == "3600000"


def test_a_broker_that_starts_late_is_waited_for(broker: Broker, tmp_path: Path) -> None:
    write(tmp_path, "0.json", topic("late"))
    broker.kill()
    try:
        job = subprocess.Popen(**command(tmp_path, broker.servers))
        time.sleep(3)
        assert job.poll() is None
    finally:
        broker.start()
    assert job.wait(90) == 0
    wait_until(lambda: "late" in broker.admin().list_topics(timeout=10).topics, "the topic")


def test_a_topic_that_the_brokers_refuse_is_named_with_their_reason(broker: Broker) -> None:
    wanted = Topic.model_validate(topic(".."))
    with pytest.raises(TopicsMissingError, match=r"'\.\.' is not allowed"):
        make_when_possible(broker.admin(), [wanted], seconds=0)


def test_brokers_that_never_answer_are_an_error_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drift.topics._BROKER_TIMEOUT_SECONDS", 0.5)
    admin = AdminClient({"bootstrap.servers": f"127.0.0.1:{free_port()}", "log_level": 0})
    with pytest.raises(KafkaException):
        make_when_possible(admin, [Topic.model_validate(topic("a"))], seconds=0)


def test_wrong_lists_are_refused_with_every_problem(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no list"):
        read(tmp_path)
    write(tmp_path, "0.json", topic("a b"), topic("c", 0))
    write(tmp_path, "1.json", topic("d"), topic("d"))
    (tmp_path / "2.json").write_text("{")
    with pytest.raises(ConfigError) as error:
        read(tmp_path)
    assert [problem.split(":")[0] for problem in error.value.problems] == ["0.json", "0.json", "1.json", "2.json"]
    done = run(tmp_path, "127.0.0.1:1")
    assert done.returncode == 2
    assert "named twice" in done.stderr
