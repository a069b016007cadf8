"""What a detector has committed to Kafka and kept in its snapshot, as JSON.

python state.py BROKERS TOPIC GROUP SNAPSHOT_URI S3_ENDPOINT
"""

import json
import sys

from confluent_kafka import Consumer, TopicPartition

from drift.snapshot import from_bytes
from drift.storage import Storage

brokers, topic, group, uri, endpoint = sys.argv[1:]
consumer = Consumer({"bootstrap.servers": brokers, "group.id": group})
(place,) = consumer.committed([TopicPartition(topic, 0)], timeout=20)
consumer.close()
data = Storage(endpoint, verify_tls=True).get(uri)
state = None if data is None else from_bytes(data)
snapshot = (
    None
    if state is None
    else {
        "position": state.positions.get(0, 0),
        "rows": state.window_rows[:, 0].tolist(),
    }
)
sys.stdout.write(json.dumps({"committed": max(place.offset, 0), "snapshot": snapshot}))
