"""The Job of prefect-flows against a real Prefect server."""

import json
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.conftest import free_port, prefect_server
from tests.manifests import SMALLEST, Manifests, mounted, program_of, synthesize

IN_CLUSTER = "http://prefect-server.mlops-prefect.svc.cluster.local:4200/api"


def bootstrap(manifests: Manifests, api: str, folder: Path, **changed: str) -> subprocess.CompletedProcess[str]:
    files = mounted(manifests, "prefect-flows", folder / "job", **changed)
    container = manifests.container("Job", "prefect-flows")
    return program_of(container, home=folder, replaced={"/job/": f"{files}/", IN_CLUSTER: api}).run()


def block(api: str, slug: str, name: str = "platform") -> dict[str, Any]:
    answer = httpx.get(f"{api}/block_types/slug/{slug}/block_documents/name/{name}", params={"include_secrets": True})
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def pool(api: str, name: str = "k8s-pool") -> dict[str, Any]:
    result: dict[str, Any] = httpx.get(f"{api}/work_pools/{name}").json()
    return result


def limit(api: str, tag: str) -> int:
    result: int = httpx.get(f"{api}/concurrency_limits/tag/{tag}").json()["concurrency_limit"]
    return result


def settings_of(manifests: Manifests) -> dict[str, Any]:
    settings: dict[str, Any] = json.loads(manifests.get("ConfigMap", "prefect-flows")["data"]["settings.json"])
    return settings


def test_what_flows_need_is_made_once_and_then_left_alone(manifests: Manifests, api: str, tmp_path: Path) -> None:
    first = bootstrap(manifests, api, tmp_path)
    assert (first.returncode, first.stderr) == (0, "")
    assert pool(api)["type"] == "prefect-agent"
    assert pool(api)["concurrency_limit"] is None
    assert block(api, "s3")["data"] == {
        "bucket_path": "prefect",
        "aws_access_key_id": None,
        "aws_secret_access_key": None,
    }
    made = [pool(api), block(api, "s3"), block(api, "kubernetes-job")]

    again = bootstrap(manifests, api, tmp_path)
    assert again.returncode == 0, again.stderr
    assert again.stdout.splitlines() == [
        "work pool k8s-pool: is there",
        "block kubernetes-job/platform: is there",
        "block s3/platform: is there",
    ]
    assert [pool(api), block(api, "s3"), block(api, "kubernetes-job")] == made


def test_a_flow_run_becomes_a_job_that_the_platform_lets_run(manifests: Manifests, api: str, tmp_path: Path) -> None:
    assert bootstrap(manifests, api, tmp_path).returncode == 0
    # As the agent does it: prefect 2.10.4, src/prefect/agent.py, get_infrastructure.
    script = """
import anyio, json
from uuid import UUID
from prefect.client.schemas import FlowRun
from prefect.infrastructure import KubernetesJob
block = KubernetesJob.load("platform")
run = FlowRun(flow_id=UUID(int=1), name="demo")
print(json.dumps(block.prepare_for_flow_run(run).build_job()))
"""
    agent = manifests.container("Deployment", "prefect-agent")
    environment = program_of(agent, home=tmp_path, replaced={IN_CLUSTER: api})
    python = str(Path(environment.command[0]).parent / "python")
    result = subprocess.run([python, "-c", script], env=environment.env, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    job = json.loads(result.stdout)
    assert job["metadata"]["namespace"] == "mlops-prefect"
    pod = job["spec"]["template"]["spec"]
    [container] = pod["containers"]
    env = {item["name"]: item["value"] for item in container["env"]}
    assert env["PREFECT_API_URL"] == api, "the agent hands on its own"
    assert env["MLFLOW_TRACKING_URI"] == "http://mlflow-tracking-server.mlops-mlflow.svc.cluster.local:5000"
    assert env["KAFKA_BOOTSTRAP_SERVERS"].startswith("kafka")
    assert container["envFrom"] == [{"secretRef": {"name": "prefect-storage"}}]
    assert container["image"] == manifests.container("Deployment", "prefect-agent")["image"]
    assert container["args"] == ["python", "-m", "prefect.engine"]
    account = manifests.get("ServiceAccount", pod["serviceAccountName"])
    assert account["metadata"]["namespace"] == "mlops-prefect"
    assert pod["securityContext"]["runAsNonRoot"] is True


def test_a_changed_config_changes_what_it_says_and_nothing_of_other_people(
    manifests: Manifests, api: str, tmp_path: Path
) -> None:
    assert bootstrap(manifests, api, tmp_path).returncode == 0
    httpx.post(f"{api}/work_pools/", json={"name": "own-pool", "type": "prefect-agent"}).raise_for_status()
    httpx.post(f"{api}/concurrency_limits/", json={"tag": "own", "concurrency_limit": 1}).raise_for_status()
    httpx.patch(f"{api}/work_pools/k8s-pool", json={"is_paused": True, "description": "own"}).raise_for_status()
    s3 = block(api, "s3")
    own = {"name": "own", "data": {"bucket_path": "own"}}
    own |= {"block_type_id": s3["block_type_id"], "block_schema_id": s3["block_schema_id"]}
    httpx.post(f"{api}/block_documents/", json=own).raise_for_status()
    others = [pool(api, "own-pool"), block(api, "s3", "own"), s3]

    changed = synthesize(
        {
            **SMALLEST,
            "services": {"prefect": {"limits": {"flowRuns": 3, "taskRuns": {"database": 2, "api": 5}}}},
            "images": {"overrides": {"prefect": "registry.example.org/prefect:2.10.4"}},
        },
        tmp_path / "changed",
    )
    result = bootstrap(changed, api, tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [
        "work pool k8s-pool: limit changed from None to 3",
        "limit of tag database: made",
        "limit of tag api: made",
        "block kubernetes-job/platform: changed",
        "block s3/platform: is there",
    ]
    assert pool(api) | {"updated": ""} == pool(api) | {
        "updated": "",
        "concurrency_limit": 3,
        "is_paused": True,
        "description": "own",
    }
    assert [limit(api, "database"), limit(api, "api"), limit(api, "own")] == [2, 5, 1]
    assert block(api, "kubernetes-job")["data"]["image"] == "registry.example.org/prefect:2.10.4"
    assert [pool(api, "own-pool"), block(api, "s3", "own"), block(api, "s3")] == others

    # A limit that the config no longer has stays: somebody may have set it by hand.
    back = bootstrap(manifests, api, tmp_path)
    assert back.returncode == 0, back.stderr
    assert [pool(api)["concurrency_limit"], limit(api, "database")] == [3, 2]
    assert block(api, "kubernetes-job")["data"]["image"] != "registry.example.org/prefect:2.10.4"


def test_a_work_pool_that_no_agent_can_serve_ends_the_job_with_what_to_do(
    manifests: Manifests, api: str, tmp_path: Path
) -> None:
    httpx.post(f"{api}/work_pools/", json={"name": "processes", "type": "process"}).raise_for_status()
    settings = settings_of(manifests)
    settings["workPool"]["name"] = "processes"
    result = bootstrap(manifests, api, tmp_path, **{"settings.json": json.dumps(settings)})
    assert result.returncode == 1
    assert "work pool processes: is of type process" in result.stdout
    assert "choose another services.prefect.workPool" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr


def test_a_server_that_is_not_there_yet_is_waited_for(manifests: Manifests, tmp_path: Path) -> None:
    port = free_port()
    results: list[subprocess.CompletedProcess[str]] = []
    job = threading.Thread(
        target=lambda: results.append(bootstrap(manifests, f"http://127.0.0.1:{port}/api", tmp_path))
    )
    job.start()
    time.sleep(4)
    with prefect_server(manifests, tmp_path, port) as api:
        job.join(timeout=60)
        [result] = results
        assert result.returncode == 0, result.stderr
        assert "waiting for the Prefect API" in result.stdout
        assert pool(api)["name"] == "k8s-pool"


def test_no_secret_is_in_what_prefect_keeps(manifests: Manifests) -> None:
    settings = settings_of(manifests)
    assert "secret_access_key" not in yaml.safe_dump(settings).lower()


@pytest.mark.parametrize("service", ["mlflow", "kafka", "minio"])
def test_a_service_that_is_off_leaves_no_variable(service: str, tmp_path: Path) -> None:
    off = {"mlflow": {"mlflow": False}, "kafka": {"kafka": False}, "minio": {"minio": False, "mlflow": False}}[service]
    settings = settings_of(synthesize({**SMALLEST, "services": off}, tmp_path))
    gone = {"mlflow": "MLFLOW_TRACKING_URI", "kafka": "KAFKA_BOOTSTRAP_SERVERS", "minio": "prefect-storage"}[service]
    assert gone not in json.dumps(settings)
