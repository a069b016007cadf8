from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from drift.config import ConfigError, Settings, load

ENVIRONMENT = {"MLFLOW_TRACKING_URI": "http://mlflow:5000", "KAFKA_BOOTSTRAP_SERVERS": "kafka:9092"}
SMALLEST = {
    "model": {"name": "creditcard"},
    "kafka": {"topic": "creditcard", "groupId": "drift-creditcard"},
    "detectors": [{"algorithm": "mmd"}],
}


def read(tmp_path: Path, content: object, **environment: str) -> Settings:
    file = tmp_path / "config.yaml"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return load({"DRIFT_CONFIG": str(file), **ENVIRONMENT, **environment})


def problems(tmp_path: Path, content: object, **environment: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, content, **environment)
    return caught.value.problems


def test_the_smallest_file_is_complete(tmp_path: Path) -> None:
    settings = read(tmp_path, SMALLEST)
    assert settings.bootstrap_servers == "kafka:9092"
    assert settings.listen == ("0.0.0.0", 8000)
    assert settings.config.model.version == "latest"
    assert settings.config.reference.source == "artifacts/testing_dataset.csv"


def test_yaml_is_read_as_well_as_json(tmp_path: Path) -> None:
    text = "model: {name: m, version: '3'}\nkafka: {topic: t, groupId: g}\ndetectors:\n  - algorithm: psi\n"
    assert read(tmp_path, text).config.model.version == "3"


def test_the_environment_overrides_the_brokers_of_the_file(tmp_path: Path) -> None:
    content = {**SMALLEST, "kafka": {**SMALLEST["kafka"], "bootstrapServers": "file:9092"}}  # type: ignore[dict-item]
    assert read(tmp_path, content).bootstrap_servers == "kafka:9092"
    assert read(tmp_path, content, KAFKA_BOOTSTRAP_SERVERS="").bootstrap_servers == "file:9092"


def test_every_problem_of_file_and_environment_is_told_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        {
            "model": {"name": "a/b", "version": "newest"},
            "kafka": {"topic": "no spaces"},
            "window": {"rows": 3, "colour": "red"},
            "detectors": [{"algorithm": "ks", "pValue": 2}, {"algorithm": "ddm"}, {"algorithm": "mdm"}],
            "feedback": {"signal": "reward"},
            "snapshot": {"uri": "/tmp/snapshot"},
        },
        MLFLOW_TRACKING_URI="mlflow",
        KAFKA_BOOTSTRAP_SERVERS="",
        DRIFT_LISTEN="8000",
    )
    paths = {line.partition(":")[0] for line in found}
    assert paths == {
        "model.name",
        "model.version",
        "kafka.topic",
        "kafka.groupId",
        "kafka.bootstrapServers",
        "window.rows",
        "window.colour",
        "detectors.0.pValue",
        "detectors.1.algorithm",
        "detectors.2",
        "snapshot.uri",
        "MLFLOW_TRACKING_URI",
        "DRIFT_LISTEN",
    }
    assert "window.rows: 3 - input should be greater than or equal to 20" in found


def test_two_detectors_need_two_names(tmp_path: Path) -> None:
    twice = [{"algorithm": "ks"}, {"algorithm": "ks", "pValue": 0.001}]
    assert problems(tmp_path, {**SMALLEST, "detectors": twice}) == [
        "detectors: 'ks' - used 2 times, give each detector its own name"
    ]
    named = [{"algorithm": "ks"}, {"algorithm": "ks", "name": "strict", "pValue": 0.001}]
    assert len(read(tmp_path, {**SMALLEST, "detectors": named}).config.detectors) == 2


@pytest.mark.parametrize("source", ["../other/secret.csv", "/etc/passwd", "artifacts/../../x.csv", "s3://bucket"])
def test_a_reference_lies_inside_its_model_or_bucket(tmp_path: Path, source: str) -> None:
    assert any("reference.source" in line for line in problems(tmp_path, {**SMALLEST, "reference": {"source": source}}))


def test_mlflow_is_not_needed_for_a_numbered_version_with_its_reference_in_s3(tmp_path: Path) -> None:
    content: dict[str, Any] = {**SMALLEST, "reference": {"source": "s3://data/creditcard.parquet"}}
    assert problems(tmp_path, content, MLFLOW_TRACKING_URI="") == [
        "MLFLOW_TRACKING_URI: missing - model.version 'latest' is looked up in MLflow"
    ]
    settings = read(tmp_path, {**content, "model": {"name": "creditcard", "version": "7"}}, MLFLOW_TRACKING_URI="")
    assert settings.config.reference.file_format == "parquet"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere.yaml"):
        load({"DRIFT_CONFIG": str(tmp_path / "nowhere.yaml")})
    assert "cannot be read" in problems(tmp_path, "a: [")[0]
    assert "must hold a mapping" in problems(tmp_path, "just text")[0]
