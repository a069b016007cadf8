"""Prints the first number of so many messages of a topic's only partition, as JSON.

python read.py BROKERS TOPIC COUNT: from the beginning
python read.py BROKERS TOPIC COUNT GROUP: as a consumer group, from where it stands, and commits
"""

import json
import sys
import time

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

brokers, topic, count, *groups = sys.argv[1:]
consumer = Consumer(
    {"bootstrap.servers": brokers, "group.id": (groups or ["none"])[0], "auto.offset.reset": "earliest"}
    | {"enable.auto.commit": False}
)
if groups:
    consumer.subscribe([topic])
else:
    consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
read: list[object] = []
end = time.monotonic() + 60
while len(read) < int(count) and time.monotonic() < end:
    for message in consumer.consume(int(count) - len(read), timeout=0.2):
        if message.error():
            sys.exit(str(message.error()))
        read.append(json.loads(message.value())["data"]["ndarray"][0][0])
if groups:
    consumer.commit(asynchronous=False)
consumer.close()
sys.stdout.write(json.dumps(read))
