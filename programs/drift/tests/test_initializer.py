from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import boto3
import pytest

from drift.initializer import UsageError, in_store, initialize, patiently
from drift.registry import RegistryError, RegistryUnavailableError
from drift.storage import Storage, StorageError, StorageUnavailableError
from tests.conftest import BUCKET
from tests.mlflow import Registered, Run, call, real_mlflow
from tests.servers import PYTHON, ROOT, free_port, wait_until

FILES = {"MLmodel": b"flavors: {}\n", "data/model.pkl": bytes(range(256)) * 100, "my notes.txt": b"x"}


@pytest.fixture
def served(mlflow: Registered, storage: Storage, s3_endpoint: str) -> dict[str, str]:
    """The environment of the init container, and a registered model behind it."""
    mlflow.versions = {
        "1": f"s3://{BUCKET}/direct/model",
        "2": "mlflow-artifacts:/0/run/artifacts/my model",
        "3": "dbfs:/model",
        "4": f"s3://{BUCKET}/nothing",
    }
    for name, content in FILES.items():
        storage.put(f"s3://{BUCKET}/direct/model/{name}", content)
        storage.put(f"s3://{BUCKET}/0/run/artifacts/my model/{name}", content)
    storage.put(f"s3://{BUCKET}/direct/model-of-another/MLmodel", b"wrong")
    return environment(mlflow.address, s3_endpoint)


def environment(tracking: str, s3_endpoint: str) -> dict[str, str]:
    return {
        "MLFLOW_TRACKING_URI": tracking,
        "MLFLOW_ARTIFACTS_DESTINATION": f"s3://{BUCKET}",
        "MLFLOW_S3_ENDPOINT_URL": s3_endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("version", ["1", "2"])
def test_the_folder_holds_what_is_in_the_model_and_nothing_else(
    served: dict[str, str], tmp_path: Path, version: str
) -> None:
    assert initialize(f"models:/credit card/{version}", tmp_path, served) == 3
    assert contents(tmp_path) == FILES


def test_a_real_registry_leads_to_the_files_that_it_was_given(
    storage: Storage, s3_endpoint: str, tmp_path: Path
) -> None:
    """Through the server as a client does, and from the store as the init container does, called as Seldon calls it."""
    environ = environment("", s3_endpoint)
    with real_mlflow(tmp_path, f"s3://{BUCKET}", **{**environ, "MLFLOW_TRACKING_URI": ""}) as address:
        call("POST", f"{address}/api/2.0/mlflow/registered-models/create", b'{"name": "credit card"}')
        run = Run(address)
        for name, content in FILES.items():
            run.upload(f"model/{name}", content)
        run.register(f"{run.artifacts}/model")
        folder = tmp_path / "models"
        folder.mkdir()
        done = subprocess.run(
            [PYTHON, "-m", "drift.initializer", "models:/credit card/1", str(folder)],
            env={
                **environ,
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT / "src"),
                "MLFLOW_TRACKING_URI": address,
            },
            capture_output=True,
            text=True,
            timeout=180,
        )
    assert done.returncode == 0, done.stderr
    assert contents(folder) == FILES
    assert json.loads(done.stderr.splitlines()[-1])["files"] == 3


def test_what_cannot_be_fetched_is_said(served: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="dbfs:/model: only s3: and mlflow-artifacts:"):
        initialize("models:/credit card/3", tmp_path, served)
    with pytest.raises(StorageError, match="s3://drift/nothing: holds no files"):
        initialize("models:/credit card/4", tmp_path, served)
    for wrong in ("models:/credit card/latest", "models:/credit card", "s3://a/b", "models:/a/b/1"):
        with pytest.raises(UsageError, match="must be models:/name/version"):
            initialize(wrong, tmp_path, served)
    with pytest.raises(UsageError, match="MLFLOW_TRACKING_URI"):
        initialize("models:/a/1", tmp_path, {})
    with pytest.raises(UsageError, match="MLFLOW_ARTIFACTS_DESTINATION"):
        in_store("mlflow-artifacts:/0/run", "")
    assert contents(tmp_path) == {}


def test_a_registry_that_is_away_for_a_while_is_waited_for(
    served: dict[str, str], mlflow: Registered, tmp_path: Path
) -> None:
    mlflow.refusals = 3
    assert patiently(lambda: initialize("models:/credit card/1", tmp_path, served), 60, 0.01) == 3
    assert mlflow.refusals == 0
    assert contents(tmp_path) == FILES


def test_what_stays_away_is_said_when_patience_is_over(served: dict[str, str], tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(RegistryUnavailableError, match="Connection refused"):
        patiently(lambda: initialize("models:/a/1", tmp_path, {**served, "MLFLOW_TRACKING_URI": nobody}), 0)
    with pytest.raises(StorageUnavailableError, match="Could not connect"):
        patiently(
            lambda: initialize("models:/credit card/1", tmp_path, {**served, "MLFLOW_S3_ENDPOINT_URL": nobody}), 0
        )


def test_what_waiting_cannot_mend_is_said_at_once(served: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="404"):
        patiently(lambda: initialize("models:/credit card/9", tmp_path, served), 3600)
    with pytest.raises(StorageError, match="holds no files"):
        patiently(lambda: initialize("models:/credit card/4", tmp_path, served), 3600)


def test_a_pod_that_is_deleted_does_not_wait_for_the_registry(served: dict[str, str], tmp_path: Path) -> None:
    away = {**served, "MLFLOW_TRACKING_URI": f"http://127.0.0.1:{free_port()}"}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [PYTHON, "-m", "drift.initializer", "models:/a/1", str(tmp_path)],
            env={**away, "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src")},
            stderr=log,
        )
    try:
        wait_until(lambda: "waiting" in (tmp_path / "log").read_text(), "a first attempt")
        process.terminate()
        assert process.wait(20) == 143
    finally:
        process.kill()


def test_no_object_is_written_outside_of_the_folder(served: dict[str, str], s3_endpoint: str, tmp_path: Path) -> None:
    client = boto3.client("s3", endpoint_url=s3_endpoint, region_name="us-east-1")
    client.put_object(Bucket=BUCKET, Key="direct/model/../../evil", Body=b"x")
    with pytest.raises(StorageError, match="leads out of the folder"):
        initialize("models:/credit card/1", tmp_path / "a" / "b", served)
    assert not (tmp_path / "evil").exists()
