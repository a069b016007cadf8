"""The registry against a real MLflow server, which has to be installed apart: its pins do not fit beside ours.

python -m venv /some/folder && /some/folder/bin/pip install -r ../mlflow/requirements.txt
DRIFT_TEST_MLFLOW=/some/folder/bin/mlflow pytest tests/test_mlflow.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drift.registry import Registry, RegistryError
from tests.mlflow import Registered, Run, call, real_mlflow


@pytest.fixture
def real(tmp_path: Path) -> Iterator[str]:
    with real_mlflow(tmp_path, str(tmp_path / "artifacts")) as address:
        yield address


def check(address: str, artifacts: str, tmp_path: Path) -> None:
    registry = Registry(address)
    assert registry.latest_version("credit card") == "2"
    assert registry.artifact_root("credit card", "1") == "s3://bucket/0/run/artifacts/model"
    root = registry.artifact_root("credit card", "2")
    assert root == f"{artifacts}/my model"
    registry.download(f"{root}/reference data.csv", tmp_path / "file")
    assert (tmp_path / "file").read_text() == "a,b\n1,2\n"
    for wrong in (
        lambda: registry.latest_version("nobody"),
        lambda: registry.artifact_root("credit card", "3"),
        lambda: registry.download(f"{root}/nothing.csv", tmp_path / "file"),
    ):
        with pytest.raises(RegistryError, match=address):
            wrong()


def test_the_real_server_is_understood(real: str, tmp_path: Path) -> None:
    call("POST", f"{real}/api/2.0/mlflow/registered-models/create", b'{"name": "credit card"}')
    run = Run(real)
    run.upload("my model/reference data.csv", b"a,b\n1,2\n")
    run.register("s3://bucket/0/run/artifacts/model")
    run.register(f"{run.artifacts}/my model")
    check(real, run.artifacts, tmp_path)


def test_the_stand_in_answers_as_the_real_server_does(mlflow: Registered, tmp_path: Path) -> None:
    artifacts = "mlflow-artifacts:/0/run/artifacts"
    mlflow.versions = {"1": "s3://bucket/0/run/artifacts/model", "2": f"{artifacts}/my model"}
    mlflow.files = {"0/run/artifacts/my model/reference data.csv": "a,b\n1,2\n"}
    check(mlflow.address, artifacts, tmp_path)
