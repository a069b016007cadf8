"""Settings: one file for what the detector does, the environment for where its neighbours are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

DEFAULT_CONFIG_PATH = "/etc/drift/config.yaml"
DEFAULT_LISTEN = "0.0.0.0:8000"

Name = Annotated[str, Field(min_length=1, max_length=249)]
# Kafka accepts just these characters, and at most 249 of them (Kafka 4.4.0, common/internals/Topic.java).
TopicName = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,249}$")]
Probability = Annotated[float, Field(gt=0, lt=1)]
S3Uri = Annotated[str, Field(pattern=r"^s3://[^/]+/.+$")]


class ConfigError(Exception):
    """Every problem of the settings, one a line: `path: value - rule`."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(["The settings are not usable:", *(f"  {problem}" for problem in problems)]))
        self.problems = problems


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)


class ModelSettings(Section):
    """The registered model. `latest` follows the highest version, looked up every `reference.refreshSeconds`."""

    name: Annotated[str, Field(min_length=1, pattern=r"^[^/:]+$")]
    version: Annotated[str, Field(pattern=r"^(latest|[1-9][0-9]*)$")] = "latest"


class KafkaSettings(Section):
    """`startFrom` counts only for a group that has neither committed offsets nor a snapshot."""

    topic: TopicName
    group_id: Name
    bootstrap_servers: Name | None = None
    start_from: Literal["earliest", "latest"] = "earliest"
    commit_seconds: Annotated[float, Field(gt=0)] = 5


class FilterSettings(Section):
    """Which messages of the topic count: predictor name (header `endpoint`) and graph node (header `modelid`).

    `answersOf` names the predictor whose responses count where a canary answers some of the requests. All requests
    come from one population, and feedback reaches any predictor, whoever gave the answer.
    """

    endpoint: Name | None = None
    answers_of: Name | None = None
    model_id: Name | None = None


class ReferenceSettings(Section):
    """What the model was trained on.

    `source` is an `s3://` address, or a path inside the artifacts of the registered model version.
    `drop` names the columns that requests do not have (labels). `categorical` names number columns that are codes.
    Of more than `maxRows` rows an even random sample is kept.
    """

    source: Name = "artifacts/testing_dataset.csv"
    format: Literal["csv", "parquet"] | None = None
    drop: tuple[Name, ...] = ()
    categorical: tuple[Name, ...] = ()
    max_rows: Annotated[int, Field(ge=50, le=100_000)] = 10_000
    refresh_seconds: Annotated[float, Field(ge=10)] = 300

    @property
    def is_s3(self) -> bool:
        return self.source.startswith("s3://")

    @property
    def file_format(self) -> Literal["csv", "parquet"]:
        return self.format or ("parquet" if self.source.endswith((".parquet", ".pq")) else "csv")


class WindowSettings(Section):
    """The latest `rows` rows are compared with the reference, at most every so many rows and seconds.

    Drift begins when `consecutive` windows, one after the other, all differ from it, and ends when none of them does.
    """

    rows: Annotated[int, Field(ge=20, le=100_000)] = 500
    consecutive: Annotated[int, Field(ge=1, le=10)] = 2
    evaluate_every_rows: Annotated[int, Field(ge=1)] = 100
    evaluate_every_seconds: Annotated[float, Field(ge=0)] = 5


class DetectorSettings(Section):
    """`name` is the value of the metric label `detector`; its default is the algorithm."""

    name: Name | None = None


class MmdSettings(DetectorSettings):
    """Maximum mean discrepancy over all number features together; the bandwidth default is the median heuristic."""

    algorithm: Literal["mmd"]
    p_value: Probability = 0.0003
    permutations: Annotated[int, Field(ge=100, le=10_000)] = 1000
    max_rows: Annotated[int, Field(ge=20, le=5_000)] = 500
    bandwidth: Annotated[float, Field(gt=0)] | None = None


class KsSettings(DetectorSettings):
    """Kolmogorov-Smirnov per number feature; `pValue` is shared among the features (Bonferroni)."""

    algorithm: Literal["ks"]
    p_value: Probability = 0.0003


class ChiSquaredSettings(DetectorSettings):
    """Chi-squared homogeneity test per categorical feature; `pValue` is shared among the features (Bonferroni)."""

    algorithm: Literal["chi2"]
    p_value: Probability = 0.0003


class PsiSettings(DetectorSettings):
    """Population stability index per feature, number or categorical, over quantile bins of the reference.

    At most `bins` bins, and each holds at least 5 rows of a window. The threshold is `threshold`, or what a share
    `pValue` of the windows exceeds without drift (shared among the features) if that is more.
    """

    algorithm: Literal["psi"]
    p_value: Probability = 0.0003
    threshold: Annotated[float, Field(gt=0)] = 0.2
    bins: Annotated[int, Field(ge=2, le=100)] = 10


class AdwinSettings(DetectorSettings):
    algorithm: Literal["adwin"]
    delta: Probability = 0.002


class DdmSettings(DetectorSettings):
    """`warmStart` rows come first. With the 30 of the original paper a steady rate of 10 % errors raises an alarm
    about once in 5,000 rows, with 300 once in 17,000 (means of 10 streams), and a jump is seen as soon.
    """

    algorithm: Literal["ddm"]
    drift_threshold: Annotated[float, Field(gt=0)] = 3
    warm_start: Annotated[int, Field(ge=1)] = 300


class EddmSettings(DetectorSettings):
    """`warmStart` errors come first. The paper's 30 and 0.9 raise 12 false alarms in 5,000 rows at 10 % errors;
    these defaults 0.4 (means of 10 streams), at the price of about 100 rows until a jump is seen.
    """

    algorithm: Literal["eddm"]
    beta: Probability = 0.7
    warm_start: Annotated[int, Field(ge=1)] = 100


class KswinSettings(DetectorSettings):
    """The last third of the window is compared with as many of the rows before. The 30 rows that river compares by
    default tell apart only error rates that differ by 57 points at this `alpha`; 100 rows those that differ by 32.
    """

    algorithm: Literal["kswin"]
    alpha: Probability = 0.0001
    window_size: Annotated[int, Field(ge=90, le=10_000)] = 300


class PageHinkleySettings(DetectorSettings):
    algorithm: Literal["page-hinkley"]
    threshold: Annotated[float, Field(gt=0)] = 50
    delta: Annotated[float, Field(ge=0)] = 0.005


DataDetector = MmdSettings | KsSettings | ChiSquaredSettings | PsiSettings
ConceptDetector = AdwinSettings | DdmSettings | EddmSettings | KswinSettings | PageHinkleySettings
Detector = Annotated[DataDetector | ConceptDetector, Field(discriminator="algorithm")]


class FeedbackSettings(Section):
    """How a feedback message becomes a stream of errors, one number for each row.

    `classification`: 0 or 1, prediction against truth. `regression`: the absolute difference. `reward`: 1 - reward.
    `decisionThreshold` turns the single probability of a binary classifier into a class.
    A feedback without a response waits for it (or the other way round) among at most `maxPending` for `pendingSeconds`.
    A concept detector's alarm is drift if the mean of the `recent` latest errors is above that of those before, and as
    long as it is. `history` values outlive a restart.
    """

    signal: Literal["classification", "regression", "reward"] = "classification"
    decision_threshold: Probability | None = None
    max_pending: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    pending_seconds: Annotated[float, Field(gt=0)] = 86_400
    recent: Annotated[int, Field(ge=50, le=10_000)] = 500
    history: Annotated[int, Field(ge=100, le=1_000_000)] = 20_000


class SnapshotSettings(Section):
    uri: S3Uri
    interval_seconds: Annotated[float, Field(gt=0)] = 60


class DriftConfig(Section):
    """The whole file."""

    model: ModelSettings
    kafka: KafkaSettings
    filter: FilterSettings = FilterSettings()
    reference: ReferenceSettings = ReferenceSettings()
    window: WindowSettings = WindowSettings()
    detectors: Annotated[tuple[Detector, ...], Field(min_length=1)]
    feedback: FeedbackSettings = FeedbackSettings()
    snapshot: SnapshotSettings | None = None


@dataclass(frozen=True)
class Settings:
    """The file and the environment together: all that the process needs to know."""

    config: DriftConfig
    bootstrap_servers: str
    mlflow_tracking_uri: str | None
    s3_endpoint_url: str | None
    s3_verify_tls: bool
    listen: tuple[str, int]


def load(environ: Mapping[str, str]) -> Settings:
    """Read the file named by `DRIFT_CONFIG` (YAML or JSON) and the environment.

    Raises ConfigError with every problem of both.
    """
    path = Path(environ.get("DRIFT_CONFIG") or DEFAULT_CONFIG_PATH)
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError([f"DRIFT_CONFIG: {path} - cannot be read as YAML or JSON ({_one_line(error)})"]) from error
    if not isinstance(raw, dict):
        raise ConfigError([f"DRIFT_CONFIG: {path} - must hold a mapping with model, kafka and detectors"])

    problems: list[str] = []
    config: DriftConfig | None = None
    try:
        config = DriftConfig.model_validate(raw)
    except ValidationError as error:
        problems += [_problem(raw, item["loc"], item["msg"], item["type"]) for item in error.errors()]

    problems += _cross_checks(raw, environ)
    listen = _listen(environ.get("DRIFT_LISTEN") or DEFAULT_LISTEN)
    if listen is None:
        problems.append(f"DRIFT_LISTEN: {environ['DRIFT_LISTEN']!r} - must be host:port, for example {DEFAULT_LISTEN}")
    if problems or config is None or listen is None:
        raise ConfigError(problems)
    return Settings(
        config=config,
        bootstrap_servers=environ.get("KAFKA_BOOTSTRAP_SERVERS") or config.kafka.bootstrap_servers or "",
        mlflow_tracking_uri=(environ.get("MLFLOW_TRACKING_URI") or "").rstrip("/") or None,
        s3_endpoint_url=environ.get("MLFLOW_S3_ENDPOINT_URL") or None,
        s3_verify_tls=environ.get("MLFLOW_S3_IGNORE_TLS", "").lower() not in ("true", "1"),
        listen=listen,
    )


def _cross_checks(raw: dict[str, Any], environ: Mapping[str, str]) -> list[str]:
    """Rules over more than one field. They look at the raw file, so that a mistake elsewhere does not hide them."""
    problems = []
    if not environ.get("KAFKA_BOOTSTRAP_SERVERS") and not _get(raw, "kafka", "bootstrapServers"):
        problems.append("kafka.bootstrapServers: missing - give it here or set KAFKA_BOOTSTRAP_SERVERS")

    source = _get(raw, "reference", "source") or ReferenceSettings().source
    in_s3 = isinstance(source, str) and source.startswith("s3://")
    latest = (_get(raw, "model", "version") or "latest") == "latest"
    tracking = environ.get("MLFLOW_TRACKING_URI", "")
    if not tracking and not in_s3:
        problems.append(f"MLFLOW_TRACKING_URI: missing - reference.source {source!r} is an artifact of the model")
    elif not tracking and latest:
        problems.append("MLFLOW_TRACKING_URI: missing - model.version 'latest' is looked up in MLflow")
    for variable in ("MLFLOW_TRACKING_URI", "MLFLOW_S3_ENDPOINT_URL"):
        value = environ.get(variable, "")
        if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).netloc):
            problems.append(f"{variable}: {value!r} - must be an http:// or https:// address")
    if in_s3 and "/" not in source.removeprefix("s3://").strip("/"):
        problems.append(f"reference.source: {source!r} - must be s3://bucket/key")
    if isinstance(source, str) and not in_s3 and (source.startswith("/") or ".." in source.split("/")):
        problems.append(f"reference.source: {source!r} - must be a path inside the model's artifacts, without '..'")

    detectors = _get(raw, "detectors")
    entries = [entry for entry in detectors if isinstance(entry, dict)] if isinstance(detectors, list) else []
    names = [str(entry.get("name") or entry.get("algorithm")) for entry in entries]
    problems += [
        f"detectors: {name!r} - used {names.count(name)} times, give each detector its own name"
        for name in sorted(set(names))
        if names.count(name) > 1
    ]
    signal = _get(raw, "feedback", "signal")
    if signal in ("regression", "reward"):
        problems += [
            f"detectors.{index}.algorithm: {entry['algorithm']!r} - needs 0 or 1, feedback.signal is {signal!r}"
            for index, entry in enumerate(entries)
            if entry.get("algorithm") in ("ddm", "eddm")
        ]
    return problems


def _problem(raw: object, location: tuple[int | str, ...], rule: str, kind: str) -> str:
    """One line for one violated rule. The tag that a discriminated union puts into the location is left out."""
    path = [
        part for i, part in enumerate(location) if not (i == 2 and location[0] == "detectors" and isinstance(part, str))
    ]
    value = _get(raw, *path)
    shown = "missing" if kind == "missing" else json.dumps(value, default=str)
    return f"{'.'.join(map(str, path))}: {shown} - {rule[:1].lower()}{rule[1:]}"


def _get(raw: object, *path: int | str) -> Any:
    for part in path:
        if isinstance(raw, dict):
            raw = raw.get(part)
        elif isinstance(raw, list) and isinstance(part, int) and part < len(raw):
            raw = raw[part]
        else:
            return None
    return raw


def _listen(value: str) -> tuple[str, int] | None:
    host, _, port = value.rpartition(":")
    return (host, int(port)) if host and port.isdecimal() and int(port) < 65_536 else None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
