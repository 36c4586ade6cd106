#!/bin/sh
# Answers to the variables that users of the official postgres image know.
set -eu

case ${1:-} in -*) set -- postgres "$@" ;; esac
[ "${1:-}" = postgres ] || exec "$@"

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" /var/run/postgresql
  chmod 700 "$PGDATA"
  chown -R postgres:postgres "$PGDATA" /var/run/postgresql
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  user=${POSTGRES_USER:-postgres}
  db=${POSTGRES_DB:-$user}
  method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
  if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "$method" != trust ]; then
    echo 'No password for the database superuser: set POSTGRES_PASSWORD, or' \
      'POSTGRES_HOST_AUTH_METHOD=trust to let everybody in.' >&2
    exit 1
  fi

  umask 077
  password_file=$(mktemp)
  printf '%s\n' "${POSTGRES_PASSWORD:-}" > "$password_file"
  [ -n "${POSTGRES_PASSWORD:-}" ] && password_flag=--pwfile=$password_file || password_flag=
  # shellcheck disable=SC2086
  initdb --no-sync --username="$user" $password_flag ${POSTGRES_INITDB_ARGS:-}
  rm -f "$password_file"
  printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"
  printf "\nlisten_addresses = '*'\n" >> "$PGDATA/postgresql.conf"

  # While the database is made nobody outside can take this server for the real one.
  pg_ctl --wait --options="-c listen_addresses='' -c fsync=off" start
  if [ "$db" != postgres ]; then
    psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 -v db="$db" -U "$user" -d postgres <<'SQL'
CREATE DATABASE :"db";
SQL
  fi
  for script in /docker-entrypoint-initdb.d/*; do
    case $script in
      *.sh) . "$script" ;;
      *.sql) psql --no-psqlrc -v ON_ERROR_STOP=1 -U "$user" -d "$db" -f "$script" ;;
    esac
  done
  pg_ctl --wait --mode=fast stop
  echo 'The data folder is made; postgres starts.'
fi

exec "$@"
