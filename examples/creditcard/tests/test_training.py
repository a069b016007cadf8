"""The flow against a real MLflow server, and what the other programs of the platform find there."""

import mlflow
import numpy as np
import pandas as pd
import pytest
import yaml
from mlflow import MlflowClient

from creditcard.flow import train_creditcard
from creditcard.training import REFERENCE, SERVED_WITH, fit
from creditcard.transactions import FEATURES, LABEL, transactions


def test_the_model_knows_most_frauds_from_the_rest() -> None:
    metrics = fit(transactions(5000, seed=7), seed=7).metrics
    assert metrics["recall"] > 0.85
    assert metrics["f1"] > 0.6


def test_the_reference_has_no_row_that_the_model_was_trained_on() -> None:
    table = transactions(1000, seed=7)
    held_out = fit(table, seed=7).held_out
    assert len(held_out) == 400
    assert held_out.index.is_unique


@pytest.fixture(scope="module")
def versions(tracking: str, prefect_api: None) -> tuple[str, str]:
    return train_creditcard(rows=1000), train_creditcard(rows=1000, shift=1.0)


def test_each_run_registers_a_version(versions: tuple[str, str]) -> None:
    assert versions == ("1", "2")


def test_a_version_holds_model_and_reference(versions: tuple[str, str], tracking: str) -> None:
    source = MlflowClient(tracking).get_model_version("creditcard", versions[0]).source
    assert source.startswith("mlflow-artifacts:/"), "the client talks to the tracking server alone"
    reference = mlflow.artifacts.download_artifacts(f"models:/creditcard/{versions[0]}/{REFERENCE}")
    table = pd.read_csv(reference)
    assert list(table.columns) == [*FEATURES, LABEL]
    assert len(table) == 400


def test_a_version_answers_rows_as_the_servers_pass_them(versions: tuple[str, str]) -> None:
    model = mlflow.pyfunc.load_model(f"models:/creditcard/{versions[0]}")
    table = transactions(500, seed=99)
    answers = model.predict(table[FEATURES].to_numpy())
    assert answers.shape == (500,)
    assert np.mean(answers == table[LABEL].to_numpy()) > 0.8


def test_a_version_says_what_its_server_installs(versions: tuple[str, str]) -> None:
    with open(mlflow.artifacts.download_artifacts(f"models:/creditcard/{versions[0]}/conda.yaml")) as file:
        environment = yaml.safe_load(file)
    assert environment["dependencies"][0] == "python=3.11"
    assert {"pip": SERVED_WITH} in environment["dependencies"]
