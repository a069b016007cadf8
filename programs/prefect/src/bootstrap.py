"""Makes what flows need in Prefect: work pool, limits of task runs, and blocks.

Runs in the cluster as a Job, in the image of Prefect 3.9.1, and as often as somebody likes: it changes only what
differs from its settings, and deletes nothing.

    bootstrap.py settings.json
"""

import asyncio
import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

import httpx
from prefect.blocks.core import Block
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.exceptions import ObjectNotFound
from prefect.filesystems import RemoteFileSystem
from pydantic import ValidationError

log = logging.getLogger("bootstrap")

BLOCK_TYPES: dict[str, type[Block]] = {cls.get_block_type_slug(): cls for cls in (RemoteFileSystem,)}
POOL_TYPE = "kubernetes"
WAIT_SECONDS = 5.0


class UnusableError(Exception):
    """Something is in the way that only a person can move."""


async def wait_for_api(client: PrefectClient) -> None:
    while (problem := await client.api_healthcheck()) is not None:
        log.info("waiting for the Prefect API at %s: %s", client.api_url, problem)
        await asyncio.sleep(WAIT_SECONDS)


async def ensure_work_pool(client: PrefectClient, settings: dict[str, Any]) -> None:
    """Without a limit in the settings, that of an existing pool stays as somebody has set it."""
    name, limit, template = settings["name"], settings.get("concurrencyLimit"), settings["baseJobTemplate"]
    try:
        pool = await client.read_work_pool(name)
    except ObjectNotFound:
        await client.create_work_pool(
            WorkPoolCreate(name=name, type=POOL_TYPE, concurrency_limit=limit, base_job_template=template)
        )
        log.info("work pool %s: made", name)
        return
    if pool.type != POOL_TYPE:
        raise UnusableError(
            f"work pool {name}: is of type {pool.type}, not {POOL_TYPE}, and types cannot be changed"
            " (choose another services.prefect.workPool, or delete the pool)"
        )
    changes: dict[str, Any] = {}
    if limit is not None and pool.concurrency_limit != limit:
        log.info("work pool %s: limit changed from %s to %d", name, pool.concurrency_limit, limit)
        changes["concurrency_limit"] = limit
    if pool.base_job_template != template:
        log.info("work pool %s: template changed", name)
        changes["base_job_template"] = template
    if changes:
        await client.update_work_pool(name, WorkPoolUpdate(**changes))
    else:
        log.info("work pool %s: is there", name)


async def ensure_task_run_limit(client: PrefectClient, tag: str, limit: int) -> None:
    try:
        current = (await client.read_concurrency_limit_by_tag(tag)).concurrency_limit
    except ObjectNotFound:
        current = None
    if current == limit:
        log.info("limit of tag %s: is there", tag)
        return
    # Makes it or changes it, and keeps the slots that are taken.
    await client.create_concurrency_limit(tag, limit)
    log.info("limit of tag %s: %s", tag, "made" if current is None else f"changed from {current} to {limit}")


async def ensure_block(client: PrefectClient, slug: str, name: str, data: dict[str, Any]) -> None:
    label = f"block {slug}/{name}"
    block = BLOCK_TYPES[slug](**data)
    # The document as Prefect keeps it: defaults filled in, and everything as JSON.
    wanted = block.model_dump(mode="json", exclude={"block_type_slug"})
    try:
        document = await client.read_block_document_by_name(name, slug)
    except ObjectNotFound:
        await block.save(name, client=client)
        log.info("%s: made", label)
        return
    if all(document.data.get(key) == value for key, value in wanted.items()):
        log.info("%s: is there", label)
        return
    await block.save(name, overwrite=True, client=client)
    log.info("%s: changed", label)


async def bootstrap(client: PrefectClient, settings: dict[str, Any]) -> None:
    await wait_for_api(client)
    await ensure_work_pool(client, settings["workPool"])
    for tag, limit in settings["taskRunLimits"].items():
        await ensure_task_run_limit(client, tag, limit)
    for block in settings["blocks"]:
        await ensure_block(client, block["type"], block["name"], block["data"])


async def main(path: str) -> int:
    # Prefect has set up the root logger for itself when it was imported.
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stdout, force=True)
    log.setLevel(logging.INFO)
    if not os.environ.get("PREFECT_API_URL"):
        log.error("PREFECT_API_URL: is not set (write the URL of the server's API)")
        return 2
    settings = json.loads(Path(path).read_text(encoding="utf-8"))
    try:
        async with get_client() as client:
            await bootstrap(client, settings)
    except (UnusableError, ValidationError, httpx.HTTPError) as error:
        log.error("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1])))
