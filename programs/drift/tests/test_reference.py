from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from arro3.core import Array, DataType, Table
from arro3.io import write_parquet

from drift.config import ReferenceSettings
from drift.reference import ReferenceNotReadyError, ReferenceSource, encode, read_file
from drift.registry import Registry, RegistryError
from drift.storage import Storage
from tests.helpers import config
from tests.mlflow import Registered


def settings(**values: Any) -> ReferenceSettings:
    return ReferenceSettings.model_validate(values)


def csv_file(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "reference"
    file.write_text(text)
    return file


def read(file: Path, **values: Any) -> Any:
    chosen = settings(**values)
    return encode(*read_file(file, chosen), chosen)


ROWS = "\n".join(f"{i},{i / 2},{'red' if i % 2 else 'blue'},{i % 3},{i % 2}" for i in range(40))
CSV = f"id,amount,color,grade,Class\n{ROWS}\n"


def test_columns_are_numbers_or_categories_and_labels_are_dropped(tmp_path: Path) -> None:
    features, rows = read(csv_file(tmp_path, CSV), drop=["Class", "id"], categorical=["grade"])
    assert features.names == ("amount", "color", "grade")
    assert features.columns[0].categories is None
    assert features.columns[1].categories == {"blue": 0, "red": 1}
    assert features.columns[2].categories == {"0": 0, "1": 1, "2": 2}
    assert rows[3].tolist() == [1.5, 1, 0]


def test_parquet_and_csv_of_the_same_table_are_the_same_reference(tmp_path: Path) -> None:
    table = Table.from_arrays(
        [
            Array.from_numpy(np.arange(40)),
            Array.from_numpy(np.arange(40) / 2),
            Array(["red" if i % 2 else "blue" for i in range(40)], type=DataType.string()),
            Array.from_numpy(np.arange(40) % 3),
            Array.from_numpy(np.arange(40) % 2),
        ],
        names=["id", "amount", "color", "grade", "Class"],
    )
    write_parquet(table, str(tmp_path / "x.parquet"))
    options = {"drop": ["Class"], "categorical": ["grade"]}
    features, rows = read(tmp_path / "x.parquet", format="parquet", **options)
    expected_features, expected_rows = read(csv_file(tmp_path, CSV), **options)
    assert features == expected_features
    assert np.array_equal(rows, expected_rows)


def test_empty_cells_are_missing_and_the_index_of_pandas_is_left_out(tmp_path: Path) -> None:
    text = "\ufeff,a,b\n" + "\n".join(f"{i},{'' if i % 2 else i},{'NaN' if i % 3 else 'x'}" for i in range(30))
    features, rows = read(csv_file(tmp_path, text))
    assert features.names == ("a", "b")
    assert np.isnan(rows[:, 0]).sum() == 15
    assert np.isnan(rows[:, 1]).sum() == 20
    assert features.columns[1].categories == {"x": 0}


def test_of_a_large_file_an_even_sample_is_kept_and_always_the_same(tmp_path: Path) -> None:
    file = csv_file(tmp_path, "a\n" + "\n".join(map(str, range(20_000))))
    _, rows = read(file, maxRows=1000)
    assert rows.shape == (1000, 1)
    assert abs(rows.mean() - 10_000) < 600
    assert len(np.unique(rows)) == 1000
    assert np.array_equal(rows, read(file, maxRows=1000)[1])


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "is empty"),
        ("a,b\n1,2\n", {}, "has 1 rows, at least 20"),
        (CSV, {"drop": ["class"]}, r"reference.drop names \['class'\]"),
        (CSV, {"drop": ["id", "amount", "color", "grade", "Class"]}, "no column is left"),
        (CSV + "1,2\n", {}, "line 42 has 2 values, the header has 5"),
        (CSV.replace("amount", "id"), {}, "two columns have the same name"),
        ("PAR1", {"format": "parquet"}, "cannot be read as Parquet"),
        ("not Parquet at all", {"format": "parquet"}, "cannot be read as Parquet"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, text: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read(csv_file(tmp_path, text), **options)


def test_a_parquet_file_that_is_damaged_in_the_middle_says_so(tmp_path: Path) -> None:
    file = tmp_path / "x.parquet"
    columns = [Array.from_numpy(np.random.default_rng(i).normal(0, 1, 500)) for i in range(3)]
    write_parquet(Table.from_arrays(columns, names=["a", "b", "c"]), str(file))
    whole = file.read_bytes()
    file.write_bytes(whole[:4] + b"\xff" * (len(whole) // 2) + whole[4 + len(whole) // 2 :])
    with pytest.raises(ValueError, match="cannot be read as Parquet"):
        read(file, format="parquet")


def source(mlflow: Registered, storage: Storage, version: str = "latest", **reference: Any) -> ReferenceSource:
    return ReferenceSource(
        config(model={"name": "credit card", "version": version}, reference={"drop": ["Class"], **reference}),
        Registry(mlflow.address),
        storage,
    )


def test_latest_is_the_highest_number_and_its_artifacts_are_read_from_s3(mlflow: Registered, storage: Storage) -> None:
    mlflow.versions = {"9": "s3://drift/old", "10": "s3://drift/0/run/artifacts/model"}
    storage.put("s3://drift/0/run/artifacts/model/artifacts/testing_dataset.csv", CSV.encode())
    found = source(mlflow, storage)
    assert found.version() == "10"
    reference = found.load("10")
    assert reference.version == "10"
    assert reference.rows.shape == (40, 4)


def test_artifacts_behind_the_tracking_server_are_read_through_it(mlflow: Registered, storage: Storage) -> None:
    mlflow.versions = {"1": "mlflow-artifacts:/0/run/artifacts/my model"}
    mlflow.files = {"0/run/artifacts/my model/data/reference.csv": CSV}
    assert source(mlflow, storage, source="data/reference.csv").load("1").rows.shape == (40, 4)


def test_an_object_in_s3_needs_no_registry(storage: Storage) -> None:
    storage.put("s3://drift/reference.csv", CSV.encode())
    settings = config(reference={"source": "s3://drift/reference.csv", "drop": ["Class"]})
    assert ReferenceSource(settings, None, storage).load("7").features.names == ("id", "amount", "color", "grade")


def test_what_is_not_there_yet_is_named(mlflow: Registered, storage: Storage) -> None:
    with pytest.raises(ReferenceNotReadyError, match="'credit card' has no versions"):
        source(mlflow, storage).version()
    with pytest.raises(ReferenceNotReadyError, match=r"404.*RESOURCE_DOES_NOT_EXIST"):
        source(mlflow, storage).load("3")
    mlflow.versions = {"1": "mlflow-artifacts:/0/a", "2": "s3://drift/0/b", "3": "file:///mlruns/0/c"}
    with pytest.raises(ReferenceNotReadyError, match=r"500.*FileNotFoundError"):
        source(mlflow, storage).load("1")
    with pytest.raises(ReferenceNotReadyError, match=r"s3://drift/0/b/artifacts/testing_dataset.csv: .*NoSuchKey"):
        source(mlflow, storage).load("2")
    with pytest.raises(ReferenceNotReadyError, match="artifacts in file: cannot be read"):
        source(mlflow, storage).load("3")
    nobody = Storage("http://127.0.0.1:9", verify_tls=True)
    with pytest.raises(ReferenceNotReadyError, match="connect"):
        ReferenceSource(config(reference={"source": "s3://drift/x.csv"}), None, nobody).load("7")
    with pytest.raises(RegistryError, match="refused"):
        Registry("http://127.0.0.1:9").latest_version("x")


def test_a_missing_object_is_none_and_a_missing_store_an_error(storage: Storage) -> None:
    assert storage.get("s3://drift/nothing") is None
    storage.put("s3://drift/a/b", b"content")
    assert storage.get("s3://drift/a/b") == b"content"
