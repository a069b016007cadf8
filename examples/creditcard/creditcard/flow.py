"""The flow that trains the model, and registers it."""

import pandas as pd
from prefect import flow, get_run_logger, task

from creditcard.training import Trained, fit, register
from creditcard.transactions import transactions


@task
def collect(rows: int, seed: int, shift: float) -> pd.DataFrame:
    return transactions(rows, seed, shift)


@task
def train(table: pd.DataFrame, seed: int) -> Trained:
    return fit(table, seed)


# The tracking server may just be restarting; a training need not be repeated for that.
@task(retries=3, retry_delay_seconds=20)
def publish(trained: Trained, name: str, params: dict[str, float]) -> str:
    return register(trained, name, params)


@flow(name="train-creditcard")
def train_creditcard(rows: int = 5000, seed: int = 7, shift: float = 0.0, model: str = "creditcard") -> str:
    """Gives the version that was registered.

    :param shift: how far the transactions are from the everyday: see creditcard.transactions
    :param model: name in MLflow's registry
    """
    trained = train(collect(rows, seed, shift), seed)
    version = publish(trained, model, {"rows": rows, "seed": seed, "shift": shift})
    get_run_logger().info("%s version %s: %s", model, version, trained.metrics)
    return version
