"""Reference data: what the model was trained on, from the registry's artifacts or from S3."""

from __future__ import annotations

import csv
import hashlib
import json
import math
import random
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from arro3.io import read_parquet

from drift.config import DriftConfig, ReferenceSettings
from drift.features import Feature, Features, Matrix, category
from drift.registry import Registry, RegistryError
from drift.storage import Storage, StorageError

MIN_ROWS = 20

_MISSING = frozenset({"", "NA", "N/A", "NaN", "nan", "NULL", "null", "None"})


class ReferenceNotReadyError(Exception):
    """There is no usable reference now. It may come: the model is not registered yet, or its file is being replaced."""


@dataclass(frozen=True)
class Reference:
    """`version` is the number that `latest` stood for. `rows` holds one column for each feature."""

    version: str
    features: Features
    rows: Matrix

    @property
    def fingerprint(self) -> str:
        """Equal for references whose encoded rows mean the same."""
        columns = [(f.name, None if f.categories is None else list(f.categories)) for f in self.features.columns]
        return hashlib.sha256(json.dumps([self.version, columns]).encode()).hexdigest()


class ReferenceSource:
    def __init__(self, config: DriftConfig, registry: Registry | None, storage: Storage) -> None:
        self._config = config
        self._registry = registry
        self._storage = storage

    def version(self) -> str:
        """The version to watch now. Raises ReferenceNotReadyError."""
        model = self._config.model
        if model.version != "latest" or self._registry is None:
            return model.version
        try:
            return self._registry.latest_version(model.name)
        except RegistryError as error:
            raise ReferenceNotReadyError(str(error)) from error

    def load(self, version: str) -> Reference:
        """Raises ReferenceNotReadyError if the file is not there, or is not usable as it is."""
        settings = self._config.reference
        with tempfile.TemporaryDirectory(prefix="drift-") as folder:
            file = Path(folder) / "reference"
            try:
                where = self._download(version, file)
            except (RegistryError, StorageError) as error:
                raise ReferenceNotReadyError(str(error)) from error
            try:
                names, rows = read_file(file, settings)
                features, matrix = encode(names, rows, settings)
            except ValueError as error:
                raise ReferenceNotReadyError(f"{where}: {error}") from error
        return Reference(version, features, matrix)

    def _download(self, version: str, target: Path) -> str:
        source = self._config.reference.source
        if self._config.reference.is_s3:
            self._storage.download(source, target)
            return source
        if self._registry is None:
            raise RegistryError("MLFLOW_TRACKING_URI is not set")
        where = f"{self._registry.artifact_root(self._config.model.name, version).rstrip('/')}/{source}"
        match where.partition(":")[0]:
            case "s3":
                self._storage.download(where, target)
            case "mlflow-artifacts":
                self._registry.download(where, target)
            case scheme:
                raise RegistryError(f"{where}: artifacts in {scheme}: cannot be read, only s3: and mlflow-artifacts:")
        return where


def read_file(file: Path, settings: ReferenceSettings) -> tuple[list[str], list[Sequence[Any]]]:
    """Column names and at most `maxRows` rows, each row as likely as any other. Raises ValueError."""
    names, rows = _read_parquet(file) if settings.file_format == "parquet" else _read_csv(file)
    chosen = _sample(rows, settings.max_rows)
    if len(chosen) < MIN_ROWS:
        raise ValueError(f"has {len(chosen)} rows, at least {MIN_ROWS} are needed")
    return names, chosen


def encode(names: list[str], rows: list[Sequence[Any]], settings: ReferenceSettings) -> tuple[Features, Matrix]:
    """Find out which columns are numbers and which are categories. Raises ValueError."""
    for setting, wanted in (("reference.drop", settings.drop), ("reference.categorical", settings.categorical)):
        unknown = [name for name in wanted if name not in names]
        if unknown:
            raise ValueError(f"{setting} names {unknown}, the columns are {names}")
    # A column without a name is the index that pandas writes unless told not to.
    kept = [i for i, name in enumerate(names) if name and name not in settings.drop]
    if not kept:
        raise ValueError(f"no column is left of {names}")
    if len({names[i] for i in kept}) != len(kept):
        raise ValueError(f"two columns have the same name in {names}")
    columns = [_column(names[i], [row[i] for row in rows], names[i] in settings.categorical) for i in kept]
    return Features(tuple(feature for feature, _ in columns)), np.column_stack([values for _, values in columns])


def _column(name: str, raw: list[Any], categorical: bool) -> tuple[Feature, Matrix]:
    values = [None if _is_missing(value) else value for value in raw]
    if not categorical:
        numbers = [math.nan if value is None else _number(value) for value in values]
        if all(number is not None for number in numbers):
            return Feature(name), np.array(numbers, dtype=np.float64)
    labels = [None if value is None else category(value) for value in values]
    codes = {label: code for code, label in enumerate(sorted({label for label in labels if label is not None}))}
    encoded = [math.nan if label is None else codes[label] for label in labels]
    return Feature(name, codes), np.array(encoded, dtype=np.float64)


def _is_missing(value: object) -> bool:
    return (
        value is None
        or (isinstance(value, float) and math.isnan(value))
        or (isinstance(value, str) and value.strip() in _MISSING)
    )


def _number(value: object) -> float | None:
    """None if it is not a number; truth values are categories. An infinite number is a missing one."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else math.nan


def _read_csv(file: Path) -> tuple[list[str], Iterator[Sequence[Any]]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        header = next(csv.reader(lines), [])
    if not header:
        raise ValueError("is empty, a CSV file with a header line is needed")

    def rows() -> Iterator[Sequence[Any]]:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines)
            for row in islice(reader, 1, None):
                if len(row) == len(header):
                    yield row
                elif row:
                    raise ValueError(f"line {reader.line_num} has {len(row)} values, the header has {len(header)}")

    return [name.strip() for name in header], rows()


def _read_parquet(file: Path) -> tuple[list[str], Iterator[Sequence[Any]]]:
    with _parquet_problems():
        reader = read_parquet(str(file))
        names = list(reader.schema.names)

    def rows() -> Iterator[Sequence[Any]]:
        with _parquet_problems():
            for batch in reader:
                yield from zip(*(batch.column(name).to_pylist() for name in names), strict=True)

    return names, rows()


@contextmanager
def _parquet_problems() -> Iterator[None]:
    """A damaged file makes arro3 0.9.1 panic, which Python sees as an exception outside of Exception."""
    try:
        yield
    except GeneratorExit:
        raise
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise ValueError(f"cannot be read as Parquet ({error})") from error
        raise


def _sample(rows: Iterable[Sequence[Any]], size: int) -> list[Sequence[Any]]:
    """Reservoir sampling: even chances in one pass, whatever the order; the same file gives the same rows."""
    chosen: list[Sequence[Any]] = []
    chance = random.Random(0)  # noqa: S311 - statistics, not secrets
    for seen, row in enumerate(rows):
        if seen < size:
            chosen.append(row)
        elif (place := chance.randrange(seen + 1)) < size:
            chosen[place] = row
    return chosen
