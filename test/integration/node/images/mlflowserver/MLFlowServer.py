"""What Seldon's server for MLflow does with a model (Seldon Core 1.17.1, servers/mlflowserver)."""

import mlflow.pyfunc
import numpy as np
import pandas as pd


class MLFlowServer:
    """Its arguments are the parameters of the graph's unit."""

    def __init__(self, model_uri: str, xtype: str = "ndarray") -> None:
        self._folder = model_uri
        self._as_table = xtype == "DataFrame"

    def load(self) -> None:
        self._model = mlflow.pyfunc.load_model(self._folder)

    def predict(self, rows: np.ndarray, names: list[str], meta: dict | None = None) -> np.ndarray:
        named = self._as_table and names is not None and len(names) > 0
        return self._model.predict(pd.DataFrame(rows, columns=names) if named else rows)
