"""How many rows a second one process keeps up with, and in how much memory: python -m tests.benchmark

A real broker, a process as in the image, every data detector, a snapshot every minute. The topic is filled before the
detector starts, so what is measured is the detector alone: from its first row to its last.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import tempfile
import time
import urllib.request
from pathlib import Path

import boto3
import numpy as np
from confluent_kafka import Producer
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from tests.servers import Broker, Detector, wait_until, why_no_broker

REQUIRED_ROWS_PER_SECOND = 2_000
ALLOWED_MEBIBYTES = 512


def rows_seen(detector: Detector) -> float:
    with urllib.request.urlopen(f"http://127.0.0.1:{detector.port}/metrics", timeout=10) as response:
        found = re.search(rb"^drift_rows_seen_total{[^}]*} (\S+)", response.read(), re.MULTILINE)
    return float(found[1]) if found else 0.0


def peak_mebibytes(detector: Detector) -> float:
    status = Path(f"/proc/{detector.process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else float("nan")


def processor_seconds(detector: Detector) -> float:
    fields = Path(f"/proc/{detector.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--messages", type=int, default=60_000)
    options.add_argument("--rows-per-message", type=int, default=1)
    options.add_argument("--features", type=int, default=30)
    options.add_argument("--window", type=int, default=1_000)
    chosen = options.parse_args()
    reason = why_no_broker()
    if reason:
        print(reason)
        return 1

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    s3 = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    s3.start()
    endpoint = "http://{}:{}".format(*s3.get_host_and_port())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        broker = Broker(folder)
        broker.start()
        try:
            return measure(chosen, folder, broker, endpoint)
        finally:
            broker.kill()
            s3.stop()


def measure(chosen: argparse.Namespace, folder: Path, broker: Broker, endpoint: str) -> int:
    random = np.random.default_rng(0)
    store = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    store.create_bucket(Bucket="drift")
    header = ",".join(f"x{i}" for i in range(chosen.features))
    lines = (",".join(map(str, row)) for row in random.normal(0, 1, (10_000, chosen.features)).tolist())
    store.put_object(Bucket="drift", Key="reference.csv", Body="\n".join([header, *lines]).encode())

    broker.create_topic("benchmark")
    producer = Producer({"bootstrap.servers": broker.servers, "linger.ms": 20, "queue.buffering.max.messages": 500_000})
    bodies = [
        json.dumps({"data": {"ndarray": random.normal(0, 1, (chosen.rows_per_message, chosen.features)).tolist()}})
        for _ in range(500)
    ]
    headers: list[tuple[str, str | bytes | None]] = [
        ("type", b"io.seldon.serving.inference.request"),
        ("requestid", b"x"),
        ("modelid", b"classifier"),
    ]
    for i in range(chosen.messages):
        producer.produce("benchmark", bodies[i % len(bodies)], headers=headers)
        producer.poll(0)
    producer.flush()

    config = folder / "config.json"
    config.write_text(
        json.dumps(
            {
                "model": {"name": "benchmark", "version": "1"},
                "kafka": {"topic": "benchmark", "groupId": "benchmark"},
                "reference": {"source": "s3://drift/reference.csv"},
                "window": {"rows": chosen.window},
                "detectors": [{"algorithm": name} for name in ("mmd", "ks", "psi", "adwin")],
                "snapshot": {"uri": "s3://drift/snapshot.npz", "intervalSeconds": 60},
            }
        )
    )
    detector = Detector(folder, config, KAFKA_BOOTSTRAP_SERVERS=broker.servers, MLFLOW_S3_ENDPOINT_URL=endpoint)
    try:
        expected = chosen.messages * chosen.rows_per_message
        wait_until(lambda: rows_seen(detector) > 0, "the first rows", 120)
        first, started, processor = rows_seen(detector), time.monotonic(), processor_seconds(detector)
        wait_until(lambda: rows_seen(detector) >= expected, "the last row", 600)
        seconds = time.monotonic() - started
        rate, peak = (expected - first) / seconds, peak_mebibytes(detector)
        used = (processor_seconds(detector) - processor) / seconds
    finally:
        detector.kill()
    print(
        f"{expected} rows of {chosen.features} features, {chosen.rows_per_message} a message: "
        f"{rate:.0f} rows/s at {used:.0%} of one core, peak memory {peak:.0f} MiB"
    )
    return 0 if rate >= REQUIRED_ROWS_PER_SECOND and peak < ALLOWED_MEBIBYTES else 1


if __name__ == "__main__":
    raise SystemExit(main())
