"""Starts a training when Alertmanager reports that a model drifts.

Runs in the cluster, in the image of Prefect 3.9.1, and keeps nothing: what was started before, it asks Prefect.

    retraining.py settings.json

`POST /alerts` takes the notifications of a webhook receiver (alertmanager 0.35.0, notify/webhook/webhook.go and
template/template.go). Alertmanager repeats what is answered with 5xx, so that is the answer while Prefect is away.
Only who knows the bearer token RETRAINING_TOKEN may start a training.
"""

import asyncio
import json
import logging
import os
import secrets
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

import httpx
import uvicorn
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId, FlowRunFilter, FlowRunFilterTags
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectNotFound
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, PositiveInt

log = logging.getLogger("retraining")

#: On every flow run that is started here.
TAG = "retraining"
#: A notification about some hundred features stays far below.
MAX_BODY_BYTES = 4 << 20


class Rule(BaseModel):
    """Which alerts start which deployment."""

    model: str
    deployment: str
    alerts: list[str]
    min_seconds: PositiveInt = Field(alias="minSeconds")

    @property
    def interval(self) -> timedelta:
        """The least time from one training to the next."""
        return timedelta(seconds=self.min_seconds)


class Settings(BaseModel):
    host: str
    port: int
    retrain: list[Rule] = Field(min_length=1)


def in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("is before the first or after the last day of UTC") from error


class Alert(BaseModel):
    status: Literal["firing", "resolved"]
    labels: dict[str, str]
    starts_at: Annotated[AwareDatetime, AfterValidator(in_utc)] = Field(alias="startsAt")


class Notification(BaseModel):
    version: Literal["4"]
    group_key: str = Field(alias="groupKey")
    alerts: list[Alert]


class Outcome(BaseModel):
    """What became of a rule that a notification matched."""

    model: str
    deployment: str
    result: Literal["started", "known", "too early", "still running", "no such deployment"]
    flow_run: str | None = None


def drift_since(rule: Rule, notification: Notification) -> datetime | None:
    """When the oldest of the firing alerts that a rule is about began; None without one."""
    return min(
        (
            alert.starts_at
            for alert in notification.alerts
            if alert.status == "firing"
            and alert.labels.get("model") == rule.model
            and alert.labels.get("alertname") in rule.alerts
        ),
        default=None,
    )


class Trainer:
    """Starts flow runs, each reason once and none too soon after another."""

    def __init__(
        self,
        connect: Callable[[], AbstractAsyncContextManager[PrefectClient]] = get_client,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._connect = connect
        self._now = now
        # Between the question what ran last and the start of a run nothing else may start one.
        self._lock = asyncio.Lock()

    async def retrain(self, rule: Rule, since: datetime) -> Outcome:
        async with self._lock, self._connect() as client:
            outcome = await self._retrain(client, rule, since)
        log.info("%s: drifts since %s, %s: %s", rule.model, since.isoformat(), rule.deployment, outcome.result)
        return outcome

    async def _retrain(self, client: PrefectClient, rule: Rule, since: datetime) -> Outcome:
        outcome = Outcome(model=rule.model, deployment=rule.deployment, result="no such deployment")
        try:
            deployment = await client.read_deployment_by_name(rule.deployment)
        except ObjectNotFound:
            return outcome
        key = f"{TAG}/{rule.deployment}/{rule.model}/{since.isoformat()}"
        runs = await recent_runs(client, deployment.id)
        # The other alerts may end before this one does: what began before the last training is what that was for.
        own = [run for run in runs if f"model:{rule.model}" in run.tags]
        known = next((run for run in own if run.created is not None and since <= run.created), None)
        if known is not None:
            return outcome.model_copy(update={"result": "known", "flow_run": str(known.id)})
        last = runs[0] if runs else None
        if last is not None and (last.state is None or not last.state.is_final()):
            return outcome.model_copy(update={"result": "still running", "flow_run": str(last.id)})
        if last is not None and last.created is not None and self._now() - last.created < rule.interval:
            return outcome.model_copy(update={"result": "too early", "flow_run": str(last.id)})
        run = await client.create_flow_run_from_deployment(
            deployment.id, tags=[TAG, f"model:{rule.model}"], idempotency_key=key
        )
        return outcome.model_copy(update={"result": "started", "flow_run": str(run.id)})

    async def ask(self, deployment: str) -> None:
        """Raises what a notification would meet: Prefect is away, refuses the login, or has no database."""
        async with self._connect() as client:
            # One that is missing is no fault of the receiver: whoever applies it may wait for the platform.
            with suppress(ObjectNotFound):
                await client.read_deployment_by_name(deployment)


async def recent_runs(client: PrefectClient, deployment_id: UUID) -> list[FlowRun]:
    """Those that were started here, the newest first; as many as one page of the API has."""
    return await client.read_flow_runs(
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment_id])),
        flow_run_filter=FlowRunFilter(tags=FlowRunFilterTags(all_=[TAG])),
        sort=FlowRunSort.EXPECTED_START_TIME_DESC,
    )


def create_app(settings: Settings, trainer: Trainer, token: str) -> FastAPI:
    expected = f"Bearer {token}".encode()
    app = FastAPI(title="Retraining on drift", docs_url=None, redoc_url=None, openapi_url=None)

    @app.middleware("http")
    async def refuse(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        given = request.headers.get("authorization", "").encode()
        if request.method == "POST" and not secrets.compare_digest(given, expected):
            return Response("the bearer token is missing or wrong", status_code=401)
        length = request.headers.get("content-length", "")
        if request.method == "POST" and not (length.isdigit() and int(length) <= MAX_BODY_BYTES):
            return Response(f"at most {MAX_BODY_BYTES} bytes, with a Content-Length", status_code=413)
        return await call_next(request)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        # FastAPI's own handler repeats the input, which JSON in UTF-8 may be unable to say: NaN, half a character.
        problems = [{"loc": problem["loc"], "msg": problem["msg"]} for problem in error.errors()]
        return Response(json.dumps({"detail": problems}), status_code=422, media_type="application/json")

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    async def readyz() -> dict[str, str]:
        try:
            await trainer.ask(settings.retrain[0].deployment)
        except httpx.HTTPError as error:
            log.warning("not ready: Prefect could not be asked: %s", error)
            raise HTTPException(503, f"Prefect could not be asked: {error}") from error
        return {"status": "ok"}

    @app.post("/alerts")
    async def alerts(notification: Notification) -> list[Outcome]:
        matches = [(rule, drift_since(rule, notification)) for rule in settings.retrain]
        try:
            outcomes = [await trainer.retrain(rule, since) for rule, since in matches if since is not None]
        except httpx.HTTPError as error:
            log.warning("%r: Prefect could not be asked: %s", notification.group_key, error)
            raise HTTPException(503, f"Prefect could not be asked: {error}") from error
        missing = [outcome.deployment for outcome in outcomes if outcome.result == "no such deployment"]
        if missing:
            # Repeated by Alertmanager, and counted by it as failed, until somebody applies the deployment.
            raise HTTPException(503, f"no such deployment in Prefect: {', '.join(missing)}")
        return outcomes

    return app


def main(path: str) -> int:
    # Prefect has set up the root logger for itself when it was imported.
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s", stream=sys.stdout, force=True)
    log.setLevel(logging.INFO)
    if not os.environ.get("PREFECT_API_URL"):
        log.error("PREFECT_API_URL: is not set (write the URL of the server's API)")
        return 2
    token = os.environ.get("RETRAINING_TOKEN")
    if not token:
        log.error("RETRAINING_TOKEN: is not set (write the bearer token that Alertmanager sends)")
        return 2
    settings = Settings.model_validate(json.loads(Path(path).read_text(encoding="utf-8")))
    log.info("models: %s", ", ".join(rule.model for rule in settings.retrain))
    uvicorn.run(
        create_app(settings, Trainer(), token),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
