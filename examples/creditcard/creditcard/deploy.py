"""Tells Prefect of the flow: `python -m creditcard.deploy --image <registry>/creditcard:0.1.0`.

PREFECT_API_URL says where Prefect is, PREFECT_API_AUTH_STRING how to log in.
"""

import argparse

from prefect.types.entrypoint import EntrypointType

from creditcard.flow import train_creditcard


def deploy(image: str, name: str, work_pool: str) -> None:
    """Makes or replaces the deployment, whose runs are as the work pool says, but for the image."""
    train_creditcard.deploy(
        name=name,
        work_pool_name=work_pool,
        image=image,
        build=False,
        push=False,
        # The image has the module in its PYTHONPATH.
        entrypoint_type=EntrypointType.MODULE_PATH,
        print_next_steps=False,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes the deployment train-creditcard/<name>.")
    parser.add_argument("--image", required=True, help="image of the flow, as the cluster pulls it")
    parser.add_argument("--name", default="production", help="default: %(default)s")
    parser.add_argument("--work-pool", default="kubernetes", help="services.prefect.workPool; default: %(default)s")
    arguments = parser.parse_args()
    deploy(arguments.image, arguments.name, arguments.work_pool)
    print(f"{train_creditcard.name}/{arguments.name}: deployed")  # noqa: T201


if __name__ == "__main__":
    main()
