#!/usr/bin/env bash
# Prepares the data directory at every start of the pod, before the server listens on the network. Whatever an
# interrupted start has left behind, the next one completes.
set -euo pipefail

if [[ -z ${APP_PASSWORD-unused} || -z ${ADMIN_PASSWORD-unused} ]]; then
  echo "A password in the Secret is empty, and nobody could log in with it. Fill it, then delete this pod." >&2
  exit 1
fi

# One major version does not read the files of another.
installed=$(postgres --version | grep --only-matching --extended-regexp '[0-9]+' | head -n 1)
if [[ -s $PGDATA/PG_VERSION && $(<"$PGDATA/PG_VERSION") != "$installed" ]]; then
  echo "This is PostgreSQL $installed, and the volume holds data of PostgreSQL $(<"$PGDATA/PG_VERSION"), which it cannot" \
    "read. Nothing was changed. Go back to the old manifests, dump the database, and restore it into a new volume:" \
    "see docs/upgrading.md." >&2
  exit 1
fi

if [[ ! -s $PGDATA/PG_VERSION ]]; then
  rm -rf "$PGDATA.new"
  # Text sorted by code point: the order of an index must not depend on the C library of the image.
  # No password: the superuser comes in through the socket until setup.sql gives it one.
  initdb --pgdata "$PGDATA.new" --username postgres --encoding UTF8 --locale C.UTF-8 --data-checksums \
    --auth-local peer --auth-host scram-sha-256 --no-instructions
  mv --no-target-directory "$PGDATA.new" "$PGDATA"
fi

# Mounting with an fsGroup opens the directory to the group, and the server then refuses it.
chmod 0700 "$PGDATA"

# Recovery after a crash may take long, and nothing is gained by giving up.
pg_ctl --pgdata "$PGDATA" --wait --timeout 86400 \
  --options "-c config_file=/etc/postgresql/postgresql.conf -c listen_addresses=''" start
trap 'pg_ctl --pgdata "$PGDATA" --wait --timeout 86400 --mode fast stop' EXIT

psql --no-psqlrc --quiet --username postgres --dbname postgres --set ON_ERROR_STOP=1 --file /etc/postgresql/setup.sql
