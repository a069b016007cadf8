"""The part of MLflow's REST API that the detector needs; the whole client would outweigh everything else in the image.

Paths and answers as in MLflow 3.17.2 (protos/model_registry.proto, store/artifact/mlflow_artifacts_repo.py).
"""

from __future__ import annotations

import json
import shutil
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import urlopen

_TIMEOUT_SECONDS = 15


class RegistryError(Exception):
    """MLflow did not answer, or not with what was asked for."""


class RegistryUnavailableError(RegistryError):
    """MLflow cannot be reached, or cannot reach its database: it may answer later."""


class Registry:
    def __init__(self, tracking_uri: str) -> None:
        self._uri = tracking_uri

    def latest_version(self, model: str) -> str:
        """The highest version number over all stages, as `models:/<name>/latest` means it."""
        answer = self._get("registered-models/get-latest-versions", name=model)
        try:
            return str(max(int(version["version"]) for version in answer["model_versions"]))
        except (KeyError, TypeError, ValueError) as error:
            raise RegistryError(f"model {model!r} has no versions in {self._uri}") from error

    def artifact_root(self, model: str, version: str) -> str:
        """Where the files of a model version are, for example s3://bucket/0/run/artifacts/model."""
        answer = self._get("model-versions/get-download-uri", name=model, version=version)
        uri = answer.get("artifact_uri")
        if not isinstance(uri, str) or not uri:
            raise RegistryError(f"model {model!r} version {version} has no artifact address in {self._uri}")
        return uri

    def download(self, artifact_uri: str, target: Path) -> None:
        """Fetch an mlflow-artifacts:/ file through the tracking server, which alone can reach the store behind it."""
        path = quote(urlsplit(artifact_uri, allow_fragments=False).path.lstrip("/"))
        url = f"{self._uri}/api/2.0/mlflow-artifacts/artifacts/{path}"
        try:
            with urlopen(url, timeout=_TIMEOUT_SECONDS) as response, target.open("wb") as file:  # noqa: S310 - http(s) only, see config
                shutil.copyfileobj(response, file)
        except (OSError, HTTPException) as error:
            raise RegistryError(_describe(url, error)) from error

    def _get(self, path: str, **query: str) -> dict[str, Any]:
        url = f"{self._uri}/api/2.0/mlflow/{path}?{urlencode(query)}"
        try:
            with urlopen(url, timeout=_TIMEOUT_SECONDS) as response:  # noqa: S310 - http(s) only, see config
                answer = json.load(response)
        except HTTPError as error:
            kind = RegistryUnavailableError if error.code >= 500 else RegistryError
            raise kind(_describe(url, error)) from error
        except (OSError, HTTPException) as error:
            raise RegistryUnavailableError(_describe(url, error)) from error
        except ValueError as error:
            raise RegistryError(_describe(url, error)) from error
        if not isinstance(answer, dict):
            raise RegistryError(f"{url}: expected an object")
        return answer


def _describe(url: str, error: Exception) -> str:
    """MLflow explains itself in the body: a file that is not there, for one, is a status 500."""
    if isinstance(error, HTTPError):
        with error:
            return f"{url}: {error.code} {error.read(300).decode('utf-8', 'replace')}"
    return f"{url}: {error}"
