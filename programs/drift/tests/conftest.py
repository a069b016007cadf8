from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from drift.storage import Storage
from tests import servers
from tests.mlflow import Registered

BUCKET = "drift"


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """moto: a fake that speaks S3 over HTTP. It shows that requests are well-formed, not how a real store fails."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def storage(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Storage:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    client = boto3.client("s3", endpoint_url=s3_endpoint, region_name="us-east-1")
    client.create_bucket(Bucket=BUCKET)
    for item in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=item["Key"])
    return Storage(s3_endpoint, verify_tls=True)


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Broker]:
    reason = servers.why_no_broker()
    if reason:
        pytest.skip(reason)
    node = servers.Broker(tmp_path_factory.mktemp("kafka"))
    node.start()
    yield node
    node.kill()


@pytest.fixture
def detectors(tmp_path: Path) -> Iterator[list[servers.Detector]]:
    """Put every detector that is started in here: none outlives its test."""
    started: list[servers.Detector] = []
    yield started
    for detector in started:
        detector.kill()


@pytest.fixture
def mlflow() -> Iterator[Registered]:
    with Registered() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
