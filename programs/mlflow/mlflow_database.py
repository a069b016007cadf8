"""Makes the tables of MLflow's database, or brings them to the version of this MLflow: `python -m mlflow_database`.

Each server runs it before it starts. One at a time: a lock in the database makes the others wait, and these then find
nothing to do. The lock belongs to a session and not to a transaction, which would stay open, idle, as long as the
upgrade takes. PostgreSQL takes back a migration that fails or is killed. MLFLOW_BACKEND_STORE_URI names the database.
"""

import os
import sys
import time
import traceback

from alembic.migration import MigrationContext
from mlflow.db import commands
from mlflow.version import VERSION
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

_LOCK = int.from_bytes(b"mlflow", "big")
_PATIENCE_SECONDS = 120
_RETRY_SECONDS = 3


def say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def connect(engine: Engine) -> Connection:
    """Waits for a database that starts late."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return engine.connect()
        except OperationalError as error:
            if time.monotonic() > deadline:
                raise
            say(f"waiting for the database: {error.orig}".strip())
            time.sleep(_RETRY_SECONDS)


def take_lock(session: Connection) -> None:
    """Returns when this session has the lock, which it keeps until it is closed."""
    told = False
    # Asks again and again: a statement that waits would hold up a migration that builds an index concurrently.
    while not session.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}):
        if not told:
            say("waiting for another server, which upgrades the database")
        told = True
        time.sleep(_RETRY_SECONDS)


def revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def main(uri: str) -> int:
    # Without a pool, so that the end of the block closes the session.
    engine = create_engine(uri, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    try:
        with connect(engine) as session:
            take_lock(session)
            before = revision(engine)
            commands.main(["upgrade", uri], standalone_mode=False)
            after = revision(engine)
    except Exception as error:  # noqa: BLE001 - whatever it is, it belongs into the status of the pod
        traceback.print_exc()
        say(f"MLflow {VERSION} cannot upgrade its database: {(str(error).strip() or repr(error)).splitlines()[0]}")
        return 1
    outcomes = {None: "made its tables", after: "finds its tables up to date"}
    say(f"MLflow {VERSION} {outcomes.get(before, f'upgraded its database from revision {before} to {after}')}")
    return 0


if __name__ == "__main__":
    sys.exit(main(os.environ["MLFLOW_BACKEND_STORE_URI"]))
