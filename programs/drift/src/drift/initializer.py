"""Seldon's storage initializer for registered models: `python -m drift.initializer models:/NAME/VERSION FOLDER`.

Seldon runs it before a model server starts (Seldon Core 1.17.1, operator/controllers/model_initializer_injector.go), as
whatever user it chooses. It asks MLflow where the files of the version are and fetches them from the object store:
through the tracking server large files would run into its time limits. It waits for either of them where all of a node
starts at once: each end with an error would double the time until the kubelet runs it again, up to five minutes.
Settings:

- MLFLOW_TRACKING_URI
- MLFLOW_ARTIFACTS_DESTINATION: the s3:// folder behind `mlflow-artifacts:/`, as the server itself has it
- MLFLOW_S3_ENDPOINT_URL and AWS_*: as boto3 and the detector read them
"""

from __future__ import annotations

import logging
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from drift import logs
from drift.registry import Registry, RegistryError, RegistryUnavailableError
from drift.storage import Storage, StorageError, StorageUnavailableError

log = logging.getLogger("drift.initializer")

_PATIENCE_SECONDS = 300
_PAUSE_SECONDS = 2
_MODEL = re.compile(r"models:/(?P<name>[^/]+)/(?P<version>[1-9][0-9]*)")


class UsageError(Exception):
    """The arguments or the environment are not usable."""


def initialize(uri: str, folder: Path, environ: Mapping[str, str]) -> int:
    """Fill the folder with the files of a registered version. Gives their number.

    Raises UsageError, RegistryError or StorageError.
    """
    model = _MODEL.fullmatch(uri)
    if model is None:
        raise UsageError(f"{uri!r} is not a model: must be models:/name/version, with a number as version")
    tracking = environ.get("MLFLOW_TRACKING_URI", "").rstrip("/")
    if urlsplit(tracking).scheme not in ("http", "https"):
        raise UsageError(f"MLFLOW_TRACKING_URI: {tracking!r} - must be an http:// or https:// address")
    root = Registry(tracking).artifact_root(model["name"], model["version"])
    source = in_store(root, environ.get("MLFLOW_ARTIFACTS_DESTINATION", ""))
    log.info("fetching", extra={"model": uri, "from": source})
    return Storage(environ.get("MLFLOW_S3_ENDPOINT_URL") or None, verify_tls=True).download_folder(source, folder)


def in_store(artifact_root: str, destination: str) -> str:
    """The s3:// address of an artifact. Raises UsageError if it is in no object store."""
    parts = urlsplit(artifact_root, allow_fragments=False)
    if parts.scheme == "s3":
        return artifact_root
    if parts.scheme == "mlflow-artifacts":
        if not destination.startswith("s3://"):
            raise UsageError(f"MLFLOW_ARTIFACTS_DESTINATION: {destination!r} - must be the s3:// folder of artifacts")
        return f"{destination.rstrip('/')}/{parts.path.lstrip('/')}"
    raise UsageError(f"{artifact_root}: only s3: and mlflow-artifacts: can be fetched")


def patiently(fetch: Callable[[], int], patience_seconds: float, pause_seconds: float = _PAUSE_SECONDS) -> int:
    """Fetch again while MLflow or the object store cannot be reached. Raises the last error when patience is over."""
    end = time.monotonic() + patience_seconds
    while True:
        try:
            return fetch()
        except (RegistryUnavailableError, StorageUnavailableError) as error:
            if time.monotonic() >= end:
                raise
            log.warning("waiting", extra={"reason": str(error), "seconds": pause_seconds})
        time.sleep(pause_seconds)


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    logs.set_up()
    # The first process of a container ends at this signal only if it says so.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    if len(arguments) != 2:
        sys.stderr.write("usage: models:/name/version folder\n")
        return 2
    uri, folder = arguments
    try:
        files = patiently(lambda: initialize(uri, Path(folder), environ), _PATIENCE_SECONDS)
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except (RegistryError, StorageError) as error:
        log.error("the model cannot be fetched", extra={"model": uri, "reason": str(error)})
        return 1
    log.info("fetched", extra={"model": uri, "files": files})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
