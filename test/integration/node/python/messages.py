"""Keeps numbered messages in a topic of their own.

python messages.py BROKERS TOPIC write COUNT: makes the topic, and waits until the broker has each message
python messages.py BROKERS TOPIC read COUNT: prints the first so many messages as JSON
"""

import json
import sys
import time

from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

brokers, topic, what, count = sys.argv[1:]


def write() -> None:
    client = AdminClient({"bootstrap.servers": brokers})
    client.create_topics([NewTopic(topic, 1, 1)])[topic].result()
    producer = Producer({"bootstrap.servers": brokers, "enable.idempotence": True})
    for number in range(int(count)):
        producer.produce(topic, f"message {number}")
    if producer.flush(60):
        sys.exit("not every message was delivered")


def read() -> None:
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "none", "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
    found: list[str] = []
    end = time.monotonic() + 60
    while len(found) < int(count) and time.monotonic() < end:
        for message in consumer.consume(int(count) - len(found), timeout=0.2):
            if message.error():
                sys.exit(str(message.error()))
            found.append(message.value().decode())
    consumer.close()
    sys.stdout.write(json.dumps(found))


{"write": write, "read": read}[what]()
