"""Objects in S3 or anything that speaks its protocol."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_MISSING = ("404", "NoSuchKey", "NotFound", "NoSuchBucket")


class StorageError(Exception):
    """S3 did not do what it was asked; the message says which object and why."""


class StorageUnavailableError(StorageError):
    """S3 cannot be reached, or has a fault of its own: it may answer later."""


class Storage:
    """Credentials come from boto3's own chain, which begins with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."""

    def __init__(self, endpoint_url: str | None, verify_tls: bool) -> None:
        self._client: S3Client = boto3.session.Session().client(
            "s3",
            endpoint_url=endpoint_url,
            verify=verify_tls,
            region_name=boto3.session.Session().region_name or "us-east-1",
            config=Config(
                connect_timeout=5,
                read_timeout=15,
                retries={"total_max_attempts": 2},
                # A bucket in the host name needs a wildcard DNS entry that a server of one's own rarely has.
                s3={"addressing_style": "path" if endpoint_url else "auto"},
                # Checksum trailers are newer than many servers that speak S3.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def get(self, uri: str) -> bytes | None:
        """The object, None if there is none. Raises StorageError."""
        bucket, key = _split(uri)
        try:
            return self._client.get_object(Bucket=bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _MISSING:
                return None
            raise StorageError(f"{uri}: {error}") from error
        except (BotoCoreError, OSError) as error:
            raise StorageError(f"{uri}: {error}") from error

    def put(self, uri: str, body: bytes) -> None:
        bucket, key = _split(uri)
        try:
            self._client.put_object(Bucket=bucket, Key=key, Body=body)
        except (ClientError, BotoCoreError, OSError) as error:
            raise StorageError(f"{uri}: {error}") from error

    def download(self, uri: str, target: Path) -> None:
        bucket, key = _split(uri)
        try:
            self._client.download_file(bucket, key, str(target))
        except (ClientError, BotoCoreError, Boto3Error, OSError) as error:
            raise StorageError(f"{uri}: {error}") from error

    def download_folder(self, uri: str, target: Path) -> int:
        """Every object below the address, under its path from there. Gives their number, at least 1."""
        bucket, key = _split(uri)
        prefix = f"{key.rstrip('/')}/" if key else ""
        count = 0
        try:
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
                for item in page.get("Contents", []):
                    path = item["Key"].removeprefix(prefix)
                    if path == "" or path.endswith("/"):  # what consoles make of an empty folder
                        continue
                    if path.startswith("/") or ".." in path.split("/"):
                        raise StorageError(f"s3://{bucket}/{item['Key']}: leads out of the folder")
                    file = target / path
                    file.parent.mkdir(parents=True, exist_ok=True)
                    self._client.download_file(bucket, item["Key"], str(file))
                    count += 1
        except (ClientError, BotoCoreError, Boto3Error, OSError) as error:
            kind = StorageUnavailableError if _may_pass(error) else StorageError
            raise kind(f"{uri}: {error}") from error
        if count == 0:
            raise StorageError(f"{uri}: holds no files")
        return count


def _may_pass(error: Exception) -> bool:
    if isinstance(error, ClientError):
        return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500
    return isinstance(error, (HTTPClientError, NoConnectionError))


def _split(uri: str) -> tuple[str, str]:
    parts = urlsplit(uri, allow_fragments=False)
    return parts.netloc, parts.path.lstrip("/")
