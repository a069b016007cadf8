"""The receiver against a real Prefect server, and what it takes from a notification."""

import asyncio
import copy
import json
import random
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pydantic import ValidationError

from retraining import Notification, Outcome, Rule, Settings, Trainer, create_app, drift_since
from tests.conftest import LOGIN, Api, free_port, serving
from tests.manifests import SMALLEST, mounted, program_of, synthesize
from tests.test_bootstrap import IN_CLUSTER

# A training that starts now is the answer to it.
BEGIN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
RULE = Rule(model="creditcard", deployment="train/production", alerts=["DriftDetected"], minSeconds=3600)

TOKEN = "of-the-secret"
ENV = {"RETRAINING_TOKEN": TOKEN, **LOGIN}
ALLOWED = {"Authorization": f"Bearer {TOKEN}"}


def alert(
    name: str = "DriftDetected", since: datetime = BEGIN, status: str = "firing", **labels: str
) -> dict[str, Any]:
    """Fields of alertmanager 0.35.0, template/template.go."""
    return {
        "status": status,
        "labels": {"alertname": name, "severity": "warning", "model": "creditcard", **labels},
        "annotations": {"summary": "drift"},
        "startsAt": since.isoformat().replace("+00:00", ".123456789Z"),
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example.org/graph",
        "fingerprint": uuid4().hex[:16],
    }


def notification(*alerts: dict[str, Any]) -> dict[str, Any]:
    """Fields of alertmanager 0.35.0, notify/webhook/webhook.go."""
    return {
        "receiver": "retraining",
        "status": "firing",
        "alerts": list(alerts),
        "groupLabels": {"alertname": "DriftDetected"},
        "commonLabels": {"alertname": "DriftDetected"},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example.org",
        "version": "4",
        "groupKey": '{}/{}:{alertname="DriftDetected"}',
        "truncatedAlerts": 0,
    }


@pytest.mark.parametrize(
    ("alerts", "since"),
    [
        ([alert()], BEGIN),
        ([alert(since=BEGIN + timedelta(hours=1)), alert(feature="amount")], BEGIN),
        ([alert(status="resolved"), alert(since=BEGIN + timedelta(hours=1))], BEGIN + timedelta(hours=1)),
        ([alert(status="resolved")], None),
        ([alert("ModelErrors")], None),
        ([alert(model="other")], None),
        ([], None),
    ],
    ids=["one", "the oldest", "the oldest that fires", "resolved", "another alert", "another model", "none"],
)
def test_a_model_drifts_since_the_oldest_of_its_alerts(alerts: list[dict[str, Any]], since: datetime | None) -> None:
    found = drift_since(RULE, Notification.model_validate(notification(*alerts)))
    assert (found and found.replace(microsecond=0)) == since


@pytest.mark.parametrize(
    "since",
    ["2026-01-01T00:00:00", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "soon", None],
    ids=["no time zone", "before the first day", "after the last day", "no time", "nothing"],
)
def test_a_time_that_cannot_be_compared_is_refused(since: str | None) -> None:
    with pytest.raises(ValidationError, match="startsAt"):
        Notification.model_validate(notification(alert(), {**alert(), "startsAt": since}))


class Receiver:
    def __init__(self, url: str, api: Api, deployments: dict[str, str]) -> None:
        self.url, self.api, self.deployments = url, api, deployments

    def post(self, *alerts: dict[str, Any], headers: dict[str, str] = ALLOWED) -> httpx.Response:
        return httpx.post(f"{self.url}/alerts", json=notification(*alerts), headers=headers, timeout=30)

    def results(self, *alerts: dict[str, Any]) -> list[str]:
        answer = self.post(*alerts)
        assert answer.status_code == 200, answer.text
        return [outcome["result"] for outcome in answer.json()]

    def runs(self, deployment: str) -> list[dict[str, Any]]:
        wanted = {"deployments": {"id": {"any_": [self.deployments[deployment]]}}}
        result: list[dict[str, Any]] = self.api.post("/flow_runs/filter", wanted)
        return result

    def end(self, deployment: str) -> None:
        """Completes every run of a deployment."""
        for run in self.runs(deployment):
            state = {"state": {"type": "COMPLETED"}, "force": True}
            self.api.post(f"/flow_runs/{run['id']}/set_state", state)


def deploy(api: Api, flow: str) -> str:
    made = api.post("/flows/", {"name": flow})
    result: str = api.post("/deployments/", {"name": "production", "flow_id": made["id"]})["id"]
    return result


FLOWS = ("one", "repeated", "outlives", "busy", "soon", "later", "first", "second", "guarded")


@pytest.fixture(scope="module")
def receiver(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    folder = tmp_path_factory.mktemp("receiver")
    model = {"server": "mlflow", "uri": "s3://models/a", "drift": {"registeredModel": {"name": "a", "version": 1}}}
    models = [{"name": flow, **model, "retrain": {"deployment": f"{flow}/production"}} for flow in FLOWS]
    models[FLOWS.index("later")]["retrain"] = {"deployment": "later/production", "atMostEvery": "1h"}
    models.append({"name": "missing", **model, "retrain": {"deployment": "missing/production"}})
    manifests = synthesize({**SMALLEST, "models": models}, folder)
    settings = json.loads(manifests.get("ConfigMap", "retraining")["data"]["settings.json"])
    settings |= {"host": "127.0.0.1", "port": free_port()}
    # An hour cannot be waited for.
    next(rule for rule in settings["retrain"] if rule["model"] == "later")["minSeconds"] = 1
    files = mounted(manifests, "retraining", folder / "program", **{"settings.json": json.dumps(settings)})
    container = manifests.container("Deployment", "retraining")
    program = program_of(container, home=folder, replaced={"/program/": f"{files}/", IN_CLUSTER: api.url}, env=ENV)
    url = f"http://127.0.0.1:{settings['port']}"
    with serving(program, f"{url}{container['readinessProbe']['httpGet']['path']}"):
        yield Receiver(url, api, {flow: deploy(api, flow) for flow in FLOWS})


def test_drift_starts_the_deployment_of_the_model(receiver: Receiver) -> None:
    assert receiver.results(alert(model="one")) == ["started"]
    [run] = receiver.runs("one")
    assert run["state"]["type"] == "SCHEDULED"
    assert set(run["tags"]) == {"retraining", "model:one"}


def test_a_repeated_notification_starts_nothing(receiver: Receiver) -> None:
    assert receiver.results(alert(model="repeated")) == ["started"]
    # Also with another feature that has begun to drift meanwhile, and after the training.
    assert receiver.results(alert(model="repeated"), alert(model="repeated", since=BEGIN + timedelta(hours=2))) == [
        "known"
    ]
    receiver.end("repeated")
    assert receiver.results(alert(model="repeated")) == ["known"]
    assert len(receiver.runs("repeated")) == 1


def test_an_alert_that_outlives_the_one_that_started_a_training_starts_nothing(receiver: Receiver) -> None:
    later = alert(model="outlives", since=BEGIN + timedelta(minutes=30))
    assert receiver.results(alert(model="outlives"), later) == ["started"]
    receiver.end("outlives")
    assert receiver.results(alert(model="outlives", status="resolved"), later) == ["known"]


def test_nothing_starts_while_a_training_runs(receiver: Receiver) -> None:
    assert receiver.results(alert(model="busy")) == ["started"]
    assert receiver.results(alert(model="busy", since=BEGIN + timedelta(days=9))) == ["still running"]


def test_nothing_starts_too_soon_after_a_training(receiver: Receiver) -> None:
    assert receiver.results(alert(model="soon")) == ["started"]
    receiver.end("soon")
    assert receiver.results(alert(model="soon", since=BEGIN + timedelta(days=9))) == ["too early"]
    assert len(receiver.runs("soon")) == 1


def test_drift_that_begins_later_starts_another_training(receiver: Receiver) -> None:
    assert receiver.results(alert(model="later")) == ["started"]
    receiver.end("later")
    time.sleep(1.1)
    assert receiver.results(alert(model="later", since=BEGIN + timedelta(hours=9))) == ["started"]
    assert len(receiver.runs("later")) == 2


def test_one_notification_may_be_about_many_models(receiver: Receiver) -> None:
    assert receiver.results(alert(model="first"), alert(model="second"), alert(model="unknown")) == [
        "started",
        "started",
    ]


def test_what_is_no_drift_starts_nothing(receiver: Receiver) -> None:
    before = [len(receiver.runs(flow)) for flow in FLOWS]
    assert receiver.results(alert("KafkaOffline", model="one"), alert(model="one", status="resolved")) == []
    assert [len(receiver.runs(flow)) for flow in FLOWS] == before


def test_a_deployment_that_is_missing_is_an_error_that_alertmanager_repeats(receiver: Receiver) -> None:
    answer = receiver.post(alert(model="missing"))
    assert answer.status_code == 503
    assert "missing/production" in answer.text


@pytest.mark.parametrize(
    ("body", "status"),
    [("{", 422), ('{"version": "3", "groupKey": "", "alerts": []}', 422), ("x" * (5 << 20), 413)],
    ids=["no JSON", "another version", "too large"],
)
def test_what_is_no_notification_is_refused(receiver: Receiver, body: str, status: int) -> None:
    assert httpx.post(f"{receiver.url}/alerts", content=body, headers=ALLOWED, timeout=30).status_code == status


class NoTrainer(Trainer):
    """Starts nothing, as long as Prefect is away."""

    async def retrain(self, rule: Rule, since: datetime) -> Outcome:
        raise httpx.ConnectError(f"{rule.model} since {since}")


def statuses(bodies: Iterable[bytes], content_type: str = "application/json") -> list[int]:
    """What a receiver answers to these bodies. An exception that it does not handle is raised here."""
    settings = Settings(host="127.0.0.1", port=1, retrain=[RULE])
    app = create_app(settings, NoTrainer(), TOKEN)
    headers = {**ALLOWED, "Content-Type": content_type}

    async def post_all() -> list[int]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://receiver") as client:
            return [(await client.post("/alerts", content=body, headers=headers)).status_code for body in bodies]

    return asyncio.run(post_all())


@pytest.mark.parametrize(
    "body",
    [
        b'{"version": "\\ud800"}',
        b'{"version": NaN}',
        b'{"version": 1e999}',
        b'{"version": "4", "groupKey": "", "alerts": [{"labels": {"\\ud800": 5}}]}',
        b"[" * 100_000,
        b"\xff",
        b"",
    ],
    ids=["half a character", "NaN", "infinity", "half a character as a key", "too deep", "no text", "nothing"],
)
def test_what_no_json_can_repeat_is_refused(body: bytes) -> None:
    assert statuses([body])[0] in {400, 422}
    assert statuses([body], "text/plain") == [422]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Each container inside a JSON value, with each of its keys."""
    items = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else [])
    return [(value, key) for key, _ in items] + [place for _, inner in items for place in places(inner)]


ODD: list[Any] = [
    None,
    True,
    -1,
    10**400,
    float("nan"),
    float("inf"),
    "\ud800",
    "\x1b[2J\r\n",
    [],
    {},
    [None],
    {"": ""},
]


def test_a_notification_with_odd_values_is_taken_or_refused() -> None:
    seed = time.time_ns()
    # For who reproduces a failure.
    print(f"seed {seed}")  # noqa: T201
    chance = random.Random(seed)
    bodies = []
    for _ in range(1_000):
        odd = notification(alert(), alert(feature="amount"))
        for _ in range(chance.randint(1, 3)):
            container, key = chance.choice(places(odd))
            container[key] = copy.deepcopy(chance.choice(ODD))
        bodies.append(json.dumps(odd).encode())
    assert set(statuses(bodies)) <= {200, 400, 422, 503}


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": TOKEN}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": f"Basic {TOKEN}"}],
    ids=["no token", "no scheme", "another token", "another scheme"],
)
def test_who_has_not_the_token_starts_nothing(receiver: Receiver, headers: dict[str, str]) -> None:
    assert receiver.post(alert(model="guarded"), headers=headers).status_code == 401
    assert receiver.runs("guarded") == []


#: The platform with one model that is retrained.
WITH_A_MODEL = {
    **SMALLEST,
    "models": [
        {
            "name": "a",
            "server": "mlflow",
            "uri": "s3://models/a",
            "drift": {"registeredModel": {"name": "a", "version": 1}},
            "retrain": {"deployment": "a/b"},
        }
    ],
}


def test_without_a_token_of_its_own_it_does_not_start(tmp_path: Path) -> None:
    manifests = synthesize(WITH_A_MODEL, tmp_path)
    files = mounted(manifests, "retraining", tmp_path / "program")
    container = manifests.container("Deployment", "retraining")
    result = program_of(container, home=tmp_path, replaced={"/program/": f"{files}/"}).run()
    assert result.returncode == 2
    assert "RETRAINING_TOKEN: is not set" in result.stdout


@contextmanager
def living(folder: Path, prefect: str, env: dict[str, str]) -> Iterator[str]:
    """The URL of a receiver that lives, and need not be ready."""
    manifests = synthesize(WITH_A_MODEL, folder)
    settings = json.loads(manifests.get("ConfigMap", "retraining")["data"]["settings.json"])
    settings |= {"host": "127.0.0.1", "port": free_port()}
    files = mounted(manifests, "retraining", folder / "program", **{"settings.json": json.dumps(settings)})
    container = manifests.container("Deployment", "retraining")
    program = program_of(container, home=folder, replaced={"/program/": f"{files}/", IN_CLUSTER: prefect}, env=env)
    url = f"http://127.0.0.1:{settings['port']}"
    with serving(program, f"{url}/healthz"):
        yield url


def test_without_prefect_it_is_alive_and_asks_to_be_told_again(tmp_path: Path) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}/api"
    with living(tmp_path, nowhere, ENV) as url:
        assert httpx.get(f"{url}/readyz", timeout=30).status_code == 503
        assert Receiver(url, Api(nowhere), {}).post(alert(model="a")).status_code == 503


def test_with_a_login_that_prefect_refuses_it_is_not_ready_and_says_why(api: Api, tmp_path: Path) -> None:
    with living(tmp_path, api.url, {**ENV, "PREFECT_API_AUTH_STRING": "admin:of-before"}) as url:
        answer = httpx.get(f"{url}/readyz", timeout=30)
        assert answer.status_code == 503
        assert "401 Unauthorized" in answer.text
        assert Receiver(url, api, {}).post(alert(model="a")).status_code == 503


def test_is_ready_before_anybody_has_made_the_deployment(api: Api, tmp_path: Path) -> None:
    with living(tmp_path, api.url, ENV) as url:
        assert httpx.get(f"{url}/readyz", timeout=30).status_code == 200
