"""Writes messages to a topic, in order, and waits until the broker has each of them.

python produce.py BROKERS TOPIC FILE: of messages, one a line: {"headers": {…}, "value": base64 or null}
python produce.py BROKERS TOPIC MODEL ROWS BATCH FEATURES: requests with so many rows in all, of normal numbers
"""

import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from confluent_kafka import Producer

REQUEST = "io.seldon.serving.inference.request"
Message = tuple[dict[str, str], bytes | None]


def given(file: str) -> Iterator[Message]:
    for line in Path(file).read_text().splitlines():
        message = json.loads(line)
        value = message["value"]
        yield message["headers"], None if value is None else base64.b64decode(value)


def bulk(model: str, rows: int, batch: int, features: int) -> Iterator[Message]:
    headers = {
        "type": REQUEST,
        "content-type": "application/json",
        "modelid": model,
        "requestid": "",
        "endpoint": "default",
    }
    # Made once and sent again and again: the broker and the detector are measured, not this.
    numbers = np.random.default_rng(1)
    bodies = [
        json.dumps({"data": {"ndarray": numbers.normal(size=(batch, features)).round(6).tolist()}}).encode()
        for _ in range(1000)
    ]
    for index in range(rows // batch):
        yield headers, bodies[index % len(bodies)]


def main(brokers: str, topic: str, what: str, *figures: str) -> None:
    failed: list[str] = []

    def delivered(error: object, _: object) -> None:
        if error:
            failed.append(str(error))

    producer = Producer(
        {
            "bootstrap.servers": brokers,
            "enable.idempotence": True,
            "linger.ms": 20,
            "message.max.bytes": 8_000_000,
            "message.timeout.ms": 120_000,
        }
    )
    messages = bulk(what, *map(int, figures)) if figures else given(what)
    for headers, value in messages:
        while True:
            try:
                producer.produce(
                    topic,
                    value,
                    headers=list(headers.items()),
                    on_delivery=delivered,
                )
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
    if producer.flush(120) or failed:
        sys.exit(f"not delivered: {failed[:3]}")


main(*sys.argv[1:])
