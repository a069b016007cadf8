"""A real Prefect server, started as the manifests say."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.manifests import SMALLEST, Manifests, Program, program_of, synthesize

#: What a generated Secret would hold.
AUTH_STRING = "admin:of-the-secret"
LOGIN = {"PREFECT_API_AUTH_STRING": AUTH_STRING}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, f"ended with {process.returncode}"
        if ready():
            return
        time.sleep(0.2)
    raise AssertionError(f"not ready after {seconds} seconds")


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


@contextmanager
def serving(program: Program, url: str) -> Iterator[subprocess.Popen[bytes]]:
    """The program from when its URL answers, until it is told to end."""
    process = program.start()
    try:
        wait_until(lambda: answers(url), process)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=120)


@pytest.fixture(scope="session")
def manifests(tmp_path_factory: pytest.TempPathFactory) -> Manifests:
    return synthesize(SMALLEST, tmp_path_factory.mktemp("platform"))


class Api:
    """The API of a server, asked as somebody who has logged in."""

    def __init__(self, url: str) -> None:
        self.url = url
        user, _, password = AUTH_STRING.partition(":")
        self._client = httpx.Client(base_url=url, auth=(user, password), timeout=30)

    def get(self, path: str, **params: Any) -> Any:
        return self._client.get(path, params=params).raise_for_status().json()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self._client.post(path, json=body).raise_for_status().json()

    def patch(self, path: str, body: dict[str, Any]) -> None:
        self._client.patch(path, json=body).raise_for_status()


@contextmanager
def prefect_server(manifests: Manifests, folder: Path, port: int) -> Iterator[Api]:
    """The server of the platform, on loopback, with SQLite in place of its PostgreSQL."""
    program = program_of(
        manifests.container("Deployment", "prefect-server"),
        home=folder,
        replaced={"0.0.0.0": "127.0.0.1", "4200": str(port), "/tmp/ui": str(folder / "ui")},
        env={
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{folder}/prefect.db",
            # The pod's init container does it.
            "PREFECT_SERVER_DATABASE_MIGRATE_ON_START": "true",
            "PREFECT_SERVER_API_AUTH_STRING": AUTH_STRING,
        },
    )
    with serving(program, f"http://127.0.0.1:{port}/api/ready"):
        yield Api(f"http://127.0.0.1:{port}/api")


@pytest.fixture(scope="session")
def api(manifests: Manifests, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with prefect_server(manifests, tmp_path_factory.mktemp("server"), free_port()) as started:
        yield started
