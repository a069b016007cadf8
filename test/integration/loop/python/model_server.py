"""Seldon's own server, with what its server for MLflow does with a model: python model_server.py FOLDER PORT"""

import sys

import mlflow.pyfunc
import numpy as np
from seldon_core.gunicorn_utils import StandaloneApplication
from seldon_core.metrics import SeldonMetrics
from seldon_core.wrapper import get_rest_microservice


class Served:
    def __init__(self, folder: str) -> None:
        self._model = mlflow.pyfunc.load_model(folder)

    def predict(self, rows: np.ndarray, _names: list[str]) -> np.ndarray:
        return self._model.predict(rows)


folder, port = sys.argv[1:]
# Its command would listen on every interface.
StandaloneApplication(get_rest_microservice(Served(folder), SeldonMetrics()), {"bind": f"127.0.0.1:{port}"}).run()
