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

from tests.conftest import AUTH_STRING, LOGIN, Api, free_port, prefect_server
from tests.manifests import SMALLEST, Manifests, mounted, program_of, synthesize

IN_CLUSTER = "http://prefect-server.mlops-prefect.svc.cluster.local:4200/api"


def bootstrap(
    manifests: Manifests, api: str, folder: Path, login: str = AUTH_STRING, **changed: str
) -> subprocess.CompletedProcess[str]:
    files = mounted(manifests, "prefect-flows", folder / "job", **changed)
    container = manifests.container("Job", "prefect-flows")
    replaced = {"/job/": f"{files}/", IN_CLUSTER: api}
    return program_of(container, home=folder, replaced=replaced, env={"PREFECT_API_AUTH_STRING": login}).run()


def block(api: Api, slug: str, name: str = "platform") -> dict[str, Any]:
    result: dict[str, Any] = api.get(f"/block_types/slug/{slug}/block_documents/name/{name}", include_secrets=True)
    return result


def pool(api: Api, name: str = "kubernetes") -> dict[str, Any]:
    result: dict[str, Any] = api.get(f"/work_pools/{name}")
    # When a worker was last seen, which is none of the Job's business.
    return {key: value for key, value in result.items() if key != "updated"}


def default_image(api: Api) -> str:
    result: str = pool(api)["base_job_template"]["variables"]["properties"]["image"]["default"]
    return result


def limit(api: Api, tag: str) -> int:
    result: int = api.get(f"/concurrency_limits/tag/{tag}")["concurrency_limit"]
    return result


def settings_of(manifests: Manifests) -> dict[str, Any]:
    settings: dict[str, Any] = json.loads(manifests.get("ConfigMap", "prefect-flows")["data"]["settings.json"])
    return settings


def test_what_flows_need_is_made_once_and_then_left_alone(manifests: Manifests, api: Api, tmp_path: Path) -> None:
    first = bootstrap(manifests, api.url, tmp_path)
    assert (first.returncode, first.stderr) == (0, "")
    assert pool(api)["type"] == "kubernetes"
    assert pool(api)["concurrency_limit"] is None
    assert pool(api)["base_job_template"] == settings_of(manifests)["workPool"]["baseJobTemplate"]
    assert block(api, "remote-file-system")["data"] == {"basepath": "s3://prefect", "settings": {}}
    made = [pool(api), block(api, "remote-file-system")]

    again = bootstrap(manifests, api.url, tmp_path)
    assert again.returncode == 0, again.stderr
    assert again.stdout.splitlines() == [
        "work pool kubernetes: is there",
        "block remote-file-system/platform: is there",
    ]
    assert [pool(api), block(api, "remote-file-system")] == made


def test_a_flow_run_becomes_a_job_that_the_platform_lets_run(manifests: Manifests, api: Api, tmp_path: Path) -> None:
    assert bootstrap(manifests, api.url, tmp_path).returncode == 0
    # As the worker does it: prefect-kubernetes 0.8.0, worker.py.
    script = """
import asyncio, json, sys
from uuid import UUID
from prefect import get_client
from prefect.client.schemas.objects import FlowRun
from prefect_kubernetes.worker import KubernetesWorkerJobConfiguration as Configuration
async def main():
    async with get_client() as client:
        pool = await client.read_work_pool("kubernetes")
    made = await Configuration.from_template_and_values(pool.base_job_template, json.loads(sys.argv[1]))
    made.prepare_for_flow_run(FlowRun(id=UUID(int=2), flow_id=UUID(int=1), name="demo"))
    print(json.dumps(made.job_manifest))
asyncio.run(main())
"""
    worker = manifests.container("Deployment", "prefect-worker")
    program = program_of(worker, home=tmp_path, replaced={IN_CLUSTER: api.url}, env=LOGIN)
    python = str(Path(program.command[0]).parent / "python")

    def job_of(**variables: Any) -> dict[str, Any]:
        command = [python, "-c", script, json.dumps(variables)]
        result = subprocess.run(command, env=program.env, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        job: dict[str, Any] = json.loads(result.stdout)
        return job

    job = job_of()
    assert job["metadata"]["namespace"] == "mlops-flows"
    assert job["spec"]["backoffLimit"] == 0
    assert job["spec"]["ttlSecondsAfterFinished"] == 86400
    pod = job["spec"]["template"]["spec"]
    [container] = pod["containers"]
    env = {item["name"]: item["value"] for item in container["env"]}
    assert env["PREFECT_API_URL"] == api.url, "the worker hands on its own"
    assert env["HOME"] == "/tmp"
    assert env["MLFLOW_TRACKING_URI"] == "http://mlflow-tracking-server.mlops-mlflow.svc.cluster.local:5000"
    assert env["KAFKA_BOOTSTRAP_SERVERS"].startswith("kafka")
    assert container["envFrom"] == [{"secretRef": {"name": "prefect-storage"}}]
    assert container["image"] == worker["image"]
    assert container["args"] == ["prefect", "flow-run", "execute"]
    account = manifests.get("ServiceAccount", pod["serviceAccountName"])
    assert account["metadata"]["namespace"] == "mlops-flows"
    assert pod["securityContext"]["runAsNonRoot"] is True

    # What a deployment changes stands, and everything else stays.
    own = job_of(image="registry.example.org/own:1", memory_limit="8Gi", env={"OWN": "1"}, finished_job_ttl=60)
    assert own["spec"]["ttlSecondsAfterFinished"] == 60
    [changed] = own["spec"]["template"]["spec"]["containers"]
    assert changed["image"] == "registry.example.org/own:1"
    limits = {**container["resources"]["limits"], "memory": "8Gi"}
    assert changed["resources"] == {**container["resources"], "limits": limits}
    assert {item["name"]: item["value"] for item in changed["env"]} == {**env, "OWN": "1"}
    assert changed["securityContext"] == container["securityContext"]


def test_a_changed_config_changes_what_it_says_and_nothing_of_other_people(
    manifests: Manifests, api: Api, tmp_path: Path
) -> None:
    assert bootstrap(manifests, api.url, tmp_path).returncode == 0
    api.post("/work_pools/", {"name": "own-pool", "type": "kubernetes"})
    api.post("/concurrency_limits/", {"tag": "own", "concurrency_limit": 1})
    api.patch("/work_pools/kubernetes", {"is_paused": True, "description": "own"})
    files = block(api, "remote-file-system")
    own = {"name": "own", "data": {"basepath": "s3://own"}}
    own |= {"block_type_id": files["block_type_id"], "block_schema_id": files["block_schema_id"]}
    api.post("/block_documents/", own)
    others = [pool(api, "own-pool"), block(api, "remote-file-system", "own"), files]

    changed = synthesize(
        {
            **SMALLEST,
            "services": {"prefect": {"limits": {"flowRuns": 3, "taskRuns": {"database": 2, "api": 5}}}},
            "images": {"overrides": {"prefect": "registry.example.org/prefect:3.9.1"}},
        },
        tmp_path / "changed",
    )
    result = bootstrap(changed, api.url, tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [
        "work pool kubernetes: limit changed from None to 3",
        "work pool kubernetes: template changed",
        "limit of tag database: made",
        "limit of tag api: made",
        "block remote-file-system/platform: is there",
    ]
    assert pool(api) == pool(api) | {"concurrency_limit": 3, "is_paused": True, "description": "own"}
    assert [limit(api, "database"), limit(api, "api"), limit(api, "own")] == [2, 5, 1]
    assert default_image(api) == "registry.example.org/prefect:3.9.1"
    unchanged = [block(api, "remote-file-system", "own"), block(api, "remote-file-system")]
    assert [pool(api, "own-pool"), *unchanged] == others

    # A limit that the config no longer has stays: somebody may have set it by hand.
    back = bootstrap(manifests, api.url, tmp_path)
    assert back.returncode == 0, back.stderr
    assert [pool(api)["concurrency_limit"], limit(api, "database")] == [3, 2]
    assert default_image(api) != "registry.example.org/prefect:3.9.1"


def test_a_work_pool_of_an_older_platform_ends_the_job_with_what_to_do(
    manifests: Manifests, api: Api, tmp_path: Path
) -> None:
    api.post("/work_pools/", {"name": "k8s-pool", "type": "prefect-agent"})
    settings = settings_of(manifests)
    settings["workPool"]["name"] = "k8s-pool"
    result = bootstrap(manifests, api.url, tmp_path, **{"settings.json": json.dumps(settings)})
    assert result.returncode == 1
    assert "work pool k8s-pool: is of type prefect-agent" in result.stdout
    assert "choose another services.prefect.workPool" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr


def test_who_has_not_logged_in_gets_nothing_but_whether_the_server_is_well(
    manifests: Manifests, api: Api, tmp_path: Path
) -> None:
    for open_to_all in ("/health", "/ready"):
        assert httpx.get(f"{api.url}{open_to_all}").status_code == 200
    for path, body in (("/work_pools/filter", {}), ("/block_documents/filter", {}), ("/flows/", {"name": "own"})):
        assert httpx.post(f"{api.url}{path}", json=body).status_code == 401
        assert httpx.post(f"{api.url}{path}", json=body, auth=("admin", "guessed")).status_code == 401
    result = bootstrap(manifests, api.url, tmp_path, login="admin:guessed")
    assert result.returncode == 1
    assert "401 Unauthorized" in result.stdout
    assert AUTH_STRING not in result.stdout + result.stderr


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
        assert pool(api)["name"] == "kubernetes"


def test_no_secret_is_in_what_prefect_keeps(manifests: Manifests) -> None:
    settings = settings_of(manifests)
    assert "secret_access_key" not in yaml.safe_dump(settings).lower()


@pytest.mark.parametrize("service", ["mlflow", "kafka", "minio"])
def test_a_service_that_is_off_leaves_no_variable(service: str, tmp_path: Path) -> None:
    off = {"mlflow": {"mlflow": False}, "kafka": {"kafka": False}, "minio": {"minio": False, "mlflow": False}}[service]
    settings = settings_of(synthesize({**SMALLEST, "services": off}, tmp_path))
    gone = {"mlflow": "MLFLOW_TRACKING_URI", "kafka": "KAFKA_BOOTSTRAP_SERVERS", "minio": "prefect-storage"}[service]
    assert gone not in json.dumps(settings)
