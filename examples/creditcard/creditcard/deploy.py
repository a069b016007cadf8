"""Tells Prefect of the flow: `python -m creditcard.deploy --image <registry>/creditcard:0.1.0`.

Run it in that image, because the folder that the flow is in is part of the deployment. PREFECT_API_URL says where
Prefect is.
"""

import argparse
import tempfile
from pathlib import Path

from prefect.deployments import Deployment
from prefect.infrastructure import KubernetesJob

from creditcard.flow import train_creditcard


def deploy(image: str, name: str, work_pool: str, folder: Path) -> Deployment:
    """Makes or replaces the deployment, with the platform's own settings for flow runs and an image of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        deployment: Deployment = Deployment.build_from_flow(
            train_creditcard,
            name=name,
            work_pool_name=work_pool,
            infrastructure=KubernetesJob.load("platform"),
            infra_overrides={"image": image},
            path=str(folder),
            entrypoint=f"creditcard/flow.py:{train_creditcard.fn.__name__}",
            skip_upload=True,
            # Otherwise one is made in the working directory, which is read-only in the image.
            ignore_file=str(Path(scratch) / ".prefectignore"),
        )
    deployment.apply()
    return deployment


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes the deployment train-creditcard/<name>.")
    parser.add_argument("--image", required=True, help="image of the flow, as the cluster pulls it")
    parser.add_argument("--name", default="production", help="default: %(default)s")
    parser.add_argument("--work-pool", default="k8s-pool", help="services.prefect.workPool; default: %(default)s")
    arguments = parser.parse_args()
    deploy(arguments.image, arguments.name, arguments.work_pool, Path(__file__).resolve().parents[1])
    print(f"{train_creditcard.name}/{arguments.name}: deployed")  # noqa: T201


if __name__ == "__main__":
    main()
