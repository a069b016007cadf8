"""A real Prefect server, started as the manifests say."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.manifests import SMALLEST, Manifests, Program, program_of, synthesize


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
        # With its children: Prefect's server is a child of its command line.
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=120)


@pytest.fixture(scope="session")
def manifests(tmp_path_factory: pytest.TempPathFactory) -> Manifests:
    return synthesize(SMALLEST, tmp_path_factory.mktemp("platform"))


@contextmanager
def prefect_server(manifests: Manifests, folder: Path, port: int) -> Iterator[str]:
    """The server of the platform, on loopback, with SQLite in place of its PostgreSQL; gives the URL of its API."""
    program = program_of(
        manifests.container("Deployment", "prefect-server"),
        home=folder,
        replaced={"0.0.0.0": "127.0.0.1", "4200": str(port)},
        env={"PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{folder}/prefect.db"},
    )
    with serving(program, f"http://127.0.0.1:{port}/api/health"):
        yield f"http://127.0.0.1:{port}/api"


@pytest.fixture(scope="session")
def api(manifests: Manifests, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with prefect_server(manifests, tmp_path_factory.mktemp("server"), free_port()) as url:
        yield url
