"""Logs a run with a model, and registers it, as users of this client of MLflow do: python log_model.py NAME

MLFLOW_TRACKING_URI says where. Prints the ID of the run.
"""

import sys

import mlflow
from sklearn.linear_model import LogisticRegression

(name,) = sys.argv[1:]
mlflow.set_experiment(name)
with mlflow.start_run() as run:
    mlflow.log_param("client", mlflow.__version__)
    for step in range(3):
        mlflow.log_metric("loss", 1 / (step + 1), step)
    model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    mlflow.sklearn.log_model(model, "model", registered_model_name=name, pip_requirements=["scikit-learn"])
sys.stdout.write(f"run {run.info.run_id}\n")
