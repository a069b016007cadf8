"""Waits for the database, then brings its tables up to the version of this image.

Here and not in the server, because probes would end a server that migrates for long, and replicas that start together
would migrate at the same time.
"""

import asyncio
import subprocess
import sys

from prefect.settings import PREFECT_SERVER_DATABASE_CONNECTION_URL
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import create_async_engine

# Any number will do, as long as nobody else takes it as an advisory lock of this database.
MIGRATION_LOCK = 4200


def database_url():
    try:
        return make_url(PREFECT_SERVER_DATABASE_CONNECTION_URL.value())
    except ArgumentError:  # Its message holds the password.
        sys.exit("connection-string in the Secret is no URL: postgresql+asyncpg://<user>:<password>@<host>/<database>")


async def migrate(url):
    # Without a transaction: one that stays open would block migrations that build an index concurrently.
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT", connect_args={"timeout": 5})
    try:
        async with engine.connect() as connection:
            if not await connection.scalar(text(f"SELECT pg_try_advisory_lock({MIGRATION_LOCK})")):
                raise BlockingIOError("another replica migrates it")
            subprocess.run(["prefect", "server", "database", "upgrade", "--yes"], check=True)
    finally:
        await engine.dispose()


async def main(url):
    while True:
        try:
            return await migrate(url)
        except subprocess.CalledProcessError as error:
            sys.exit(error.returncode)
        except Exception as error:
            # The name of the class too: some errors of the network have no message.
            print(f"waiting for the database {url!r}: {type(error).__name__}: {error}", flush=True)
            await asyncio.sleep(3)


asyncio.run(main(database_url()))
