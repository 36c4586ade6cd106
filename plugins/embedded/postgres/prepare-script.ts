/**
 * Makes the cluster where there is none, and the database and its user where they are not there yet.
 * Whatever it is killed at, the next time it goes on or begins anew: a cluster gets its name when it is
 * whole. Its arguments are the folders of the program and of the data, user, database, and then
 * initdb's own; names are checked before they come here.
 */
export const prepareScript = `
set -eu
program=$1 folder=$2 user=$3 database=$4
shift 4
# Where the task was started its user may not be allowed to look around.
cd "$folder"
cluster=$folder/cluster
made=$folder/made.$user.$database

ask() {
  printf '%s\\n\\n' "$2" |
    "$program/bin/postgres" --single -j -c log_min_messages=error -D "$1" postgres
}

# Whether a query has an answer.
finds() {
  case $(ask "$1" "SELECT 'yes' AS answer FROM $2") in
    *'answer = "yes"'*) ;;
    *) return 1 ;;
  esac
}

complete() {
  if ! finds "$1" "pg_roles WHERE rolname = '$user'"; then
    ask "$1" "CREATE ROLE \\"$user\\" SUPERUSER LOGIN" >/dev/null
  fi
  if ! finds "$1" "pg_database WHERE datname = '$database'"; then
    ask "$1" "CREATE DATABASE \\"$database\\" OWNER \\"$user\\"" >/dev/null
    finds "$1" "pg_database WHERE datname = '$database'"
  fi
  : >"$made"
}

if [ ! -d "$cluster" ]; then
  rm -rf "$folder/cluster.new" "$folder"/made.*
  TZ=UTC LC_ALL=C "$program/bin/initdb" --pgdata="$folder/cluster.new" --username="$user" \\
    --auth=trust --encoding=UTF8 --no-locale --no-instructions "$@"
  if [ "$database" != postgres ]; then
    ask "$folder/cluster.new" "CREATE DATABASE \\"$database\\"" >/dev/null
  fi
  mv "$folder/cluster.new" "$cluster"
fi
[ -f "$made" ] || complete "$cluster"
`;
