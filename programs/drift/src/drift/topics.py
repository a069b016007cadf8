"""The Job that makes the topics of the models: `python -m drift.topics FOLDER`.

FOLDER holds lists, `*.json`: `[{"name": "predictions-a", "partitions": 1, "retentionMs": 604800000}]`. What is missing
is made, with as many copies as the brokers' own default says. What is there stays as it is, and where it differs from
its list that is said: more partitions would break the order of messages, and fewer are impossible.
Exit code 1 when a topic is still missing after ten minutes, 2 when the settings are wrong.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource  # type: ignore[attr-defined]  # documented there
from confluent_kafka.cimpl import NewTopic
from pydantic import Field, TypeAdapter, ValidationError

from drift import logs
from drift.config import ConfigError, Section, TopicName

log = logging.getLogger("drift.topics")

_DEADLINE_SECONDS = 600.0
_LONGEST_WAIT_SECONDS = 30.0
_BROKER_TIMEOUT_SECONDS = 20.0
# One request makes so many: thousands at once would keep a controller busy beyond the time-out.
_BATCH = 100
# The brokers' own number (Kafka 2.4, KIP-464).
_DEFAULT_COPIES = -1


class Topic(Section):
    name: TopicName
    partitions: Annotated[int, Field(ge=1)]
    retention_ms: Annotated[int, Field(ge=1)]


_LIST = TypeAdapter(list[Topic])


class TopicsMissingError(Exception):
    """What could not be made, one reason a topic."""


def read(folder: Path) -> list[Topic]:
    """Every list of the folder. Raises ConfigError with every problem."""
    files = sorted(folder.glob("*.json"))
    topics: dict[str, Topic] = {}
    problems = [] if files else [f"{folder}: no list - must hold at least one file *.json"]
    for file in files:
        try:
            found = _LIST.validate_json(file.read_bytes())
        except ValidationError as error:
            problems += [f"{file.name}: {'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
            continue
        for topic in found:
            if topic.name in topics:
                problems.append(f"{file.name}: {topic.name!r} - named twice, give each topic one entry")
            topics[topic.name] = topic
    if problems:
        raise ConfigError(problems)
    return list(topics.values())


def make(admin: AdminClient, wanted: Sequence[Topic]) -> None:
    """One attempt. Raises KafkaException if Kafka does not answer, and TopicsMissingError if it refuses a topic."""
    there = admin.list_topics(timeout=_BROKER_TIMEOUT_SECONDS).topics
    known = [topic for topic in wanted if topic.name in there]
    refused: dict[str, str] = {}
    made = 0
    for batch in _batches([topic for topic in wanted if topic.name not in there]):
        requests = [
            NewTopic(topic.name, topic.partitions, _DEFAULT_COPIES, config={"retention.ms": str(topic.retention_ms)})
            for topic in batch
        ]
        for name, future in admin.create_topics(requests, request_timeout=_BROKER_TIMEOUT_SECONDS).items():
            try:
                future.result()
                made += 1
            except KafkaException as error:
                # One that exists already, which the next attempt will see, was made a moment ago.
                refused[name] = error.args[0].str()
    log.info("topics", extra={"made": made, "already there": len(known), "refused": len(refused)})
    if refused:
        raise TopicsMissingError("; ".join(f"{name}: {reason}" for name, reason in refused.items()))
    for topic in known:
        _compare(topic.name, "partitions", topic.partitions, len(there[topic.name].partitions))
    for topic, retention in _retentions(admin, known):
        _compare(topic.name, "retention.ms", topic.retention_ms, retention)


def _compare(name: str, setting: str, wanted: int, found: int) -> None:
    if wanted != found:
        log.warning("left as it is", extra={"topic": name, "setting": setting, "wanted": wanted, "found": found})


def _retentions(admin: AdminClient, topics: Sequence[Topic]) -> Iterator[tuple[Topic, int]]:
    for batch in _batches(topics):
        by_name = {topic.name: topic for topic in batch}
        resources = [ConfigResource(ConfigResource.Type.TOPIC, name) for name in by_name]
        answers = admin.describe_configs(resources, request_timeout=_BROKER_TIMEOUT_SECONDS)
        for resource, future in answers.items():
            yield by_name[resource.name], int(future.result()["retention.ms"].value)


def _batches(topics: Sequence[Topic]) -> Iterator[Sequence[Topic]]:
    for start in range(0, len(topics), _BATCH):
        yield topics[start : start + _BATCH]


def make_when_possible(admin: AdminClient, wanted: Sequence[Topic], seconds: float = _DEADLINE_SECONDS) -> None:
    """Try until it works, each time twice as long after the last. Raises what the last attempt did."""
    deadline = time.monotonic() + seconds
    delay = 1.0
    while True:
        try:
            make(admin, wanted)
        except (KafkaException, TopicsMissingError) as error:
            if time.monotonic() + delay > deadline:
                raise
            log.warning("waiting for Kafka", extra={"reason": str(error), "seconds": delay})
        else:
            return
        time.sleep(delay)
        delay = min(2 * delay, _LONGEST_WAIT_SECONDS)


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    logs.set_up()
    servers = environ.get("KAFKA_BOOTSTRAP_SERVERS", "")
    try:
        if len(arguments) != 1:
            raise ConfigError([f"arguments: {list(arguments)} - must be the folder of the lists"])
        if not servers:
            raise ConfigError(["KAFKA_BOOTSTRAP_SERVERS: missing - must be host:port of a broker"])
        wanted = read(Path(arguments[0]))
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        # What the client itself has to say is in the exceptions too.
        make_when_possible(AdminClient({"bootstrap.servers": servers, "log_level": 0}), wanted)
    except (KafkaException, TopicsMissingError) as error:
        log.error("topics are missing", extra={"reason": str(error)})
        return 1
    return 0


if __name__ == "__main__":
    # The first process of a container ignores a signal that it does not handle.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main(sys.argv[1:], os.environ))
