"""From transactions to a version in MLflow's registry."""

import tempfile
from pathlib import Path
from typing import NamedTuple

import mlflow
import numpy as np
import pandas as pd
from mlflow.models import ModelSignature
from mlflow.types import Schema, TensorSpec
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, precision_score, recall_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from creditcard.transactions import FEATURES, LABEL

#: Where the drift detector looks for its reference, inside the model: `drift.reference` in the platform's config.
REFERENCE = "artifacts/testing_dataset.csv"

#: What Seldon's own server installs for the model. MLServer brings its libraries: the same NumPy and scikit-learn,
#: since what is pickled with others may not load. Newer releases of MLflow and pandas do not fit Seldon's requirements
#: (seldon-core 1.17.1, servers/mlflowserver/mlflowserver/requirements.txt); its gunicorn imports pkg_resources, which
#: setuptools 82 no longer has.
SERVED_WITH = [
    "mlflow==2.5.0",
    "scikit-learn==1.5.2",
    "numpy==1.26.4",
    "pandas==2.0.0",
    "scipy==1.13.1",
    "cloudpickle==2.2.1",
    "setuptools==80.9.0",
]

#: Those releases have wheels for no newer Python.
ENVIRONMENT = {
    "name": "mlflow-env",
    "channels": ["conda-forge"],
    "dependencies": ["python=3.11", "pip", {"pip": SERVED_WITH}],
}

#: One matrix without names, which Seldon's own protocol and v2 both carry.
SIGNATURE = ModelSignature(
    inputs=Schema([TensorSpec(np.dtype(np.float64), (-1, len(FEATURES)))]),
    outputs=Schema([TensorSpec(np.dtype(np.int64), (-1,))]),
)


class Trained(NamedTuple):
    model: Pipeline
    metrics: dict[str, float]
    #: Rows that it was not trained on: what later requests are compared with.
    held_out: pd.DataFrame


def fit(table: pd.DataFrame, seed: int) -> Trained:
    training, held_out = train_test_split(table, test_size=0.4, random_state=seed, stratify=table[LABEL])
    model = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", random_state=seed))
    # Without names: requests bring rows, not tables.
    model.fit(training[FEATURES].to_numpy(), training[LABEL].to_numpy())
    truth, answers = held_out[LABEL].to_numpy(), model.predict(held_out[FEATURES].to_numpy())
    scores = {"precision": precision_score, "recall": recall_score, "f1": f1_score}
    return Trained(model, {name: float(score(truth, answers)) for name, score in scores.items()}, held_out)


def register(trained: Trained, name: str, params: dict[str, float]) -> str:
    """Logs a run to the tracking server, and registers its model with its reference rows; gives the version."""
    mlflow.set_experiment(name)
    with mlflow.start_run() as run, tempfile.TemporaryDirectory() as folder:
        mlflow.log_params(params)
        mlflow.log_metrics(trained.metrics)
        model = Path(folder) / "model"
        # MLflow 3 would write skops, which the MLflow 2 of both servers does not read.
        mlflow.sklearn.save_model(
            trained.model, model, serialization_format="cloudpickle", signature=SIGNATURE, conda_env=ENVIRONMENT
        )
        reference = model / REFERENCE
        reference.parent.mkdir()
        trained.held_out[[*FEATURES, LABEL]].to_csv(reference, index=False)
        # All at once, and not with log_model: what is logged beside its model is not part of it in MLflow 3.
        mlflow.log_artifacts(str(model), "model")
    # Last: a detector that follows the newest version must find its reference.
    return str(mlflow.register_model(f"runs:/{run.info.run_id}/model", name).version)
