#!/usr/bin/env bash
# Makes a database where there is none, as the variables of docker-library's image say, then becomes the command.
set -euo pipefail

[[ ${1-} == -* ]] && set -- postgres "$@"

if [[ ${1-} == postgres && ! -s $PGDATA/PG_VERSION ]]; then
  user=${POSTGRES_USER:-postgres}
  password=${POSTGRES_PASSWORD:-$(cat "${POSTGRES_PASSWORD_FILE:-/dev/null}")}
  if [[ -z $password ]]; then
    echo "The database is empty, and neither POSTGRES_PASSWORD nor POSTGRES_PASSWORD_FILE says a password." >&2
    exit 1
  fi
  initdb --username "$user" --pwfile <(printf '%s\n' "$password") --auth-host scram-sha-256
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  pg_ctl --wait --options "-c listen_addresses=''" start
  psql() { PGPASSWORD="$password" command psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$user" "$@"; }
  database=${POSTGRES_DB:-$user}
  [[ $database == postgres ]] || psql --dbname postgres --command "CREATE DATABASE \"$database\""
  for script in /docker-entrypoint-initdb.d/*; do
    case $script in
      *.sh) bash "$script" ;;
      *.sql) psql --dbname "$database" --file "$script" ;;
    esac
  done
  pg_ctl --wait --mode fast stop
fi

exec "$@"
