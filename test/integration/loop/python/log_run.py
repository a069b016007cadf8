"""Logs a run into a database, whose tables it makes if there are none: python log_run.py EXPERIMENT

MLFLOW_TRACKING_URI is the address of the database. Prints the ID of the run.
"""

import sys

import mlflow

(experiment,) = sys.argv[1:]
mlflow.set_experiment(experiment)
with mlflow.start_run() as run:
    mlflow.log_param("client", mlflow.__version__)
    mlflow.log_metric("loss", 0.25)
sys.stdout.write(f"run {run.info.run_id}\n")
