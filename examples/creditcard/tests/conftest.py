"""A real MLflow server and a real Prefect API, both on this machine."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import mlflow
import pytest
from prefect.testing.utilities import prefect_test_harness


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture(scope="session")
def tracking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a tracking server that keeps the artifacts itself, as the platform's does."""
    folder: Path = tmp_path_factory.mktemp("mlflow")
    url = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", url.rsplit(":", 1)[1]]
    command += ["--workers", "1", "--backend-store-uri", f"sqlite:///{folder}/mlflow.db"]
    command += ["--artifacts-destination", str(folder / "artifacts")]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    server = subprocess.Popen(command, env={**os.environ, "PATH": path}, cwd=folder, start_new_session=True)
    try:
        for _ in range(1200):
            try:
                urlopen(f"{url}/health", timeout=5)
                break
            except (URLError, OSError):
                assert server.poll() is None, "MLflow has ended"
                time.sleep(0.2)
        mlflow.set_tracking_uri(url)
        yield url
    finally:
        # With gunicorn, which outlives the command that has started it.
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=120)


@pytest.fixture(scope="session")
def prefect_api() -> Iterator[None]:
    # The server starts slowly on a busy machine.
    with prefect_test_harness(server_startup_timeout=240):
        yield
