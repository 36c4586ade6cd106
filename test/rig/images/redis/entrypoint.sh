#!/bin/sh
set -eu

case ${1:-} in -* | *.conf) set -- redis-server "$@" ;; esac
[ "${1:-}" = redis-server ] || exec "$@"

if [ "$(id -u)" = 0 ]; then
  chown -R redis:redis .
  exec setpriv --reuid=redis --regid=redis --init-groups "$0" "$@"
fi

# A configuration file must come first; what follows on the command line wins over our own flag.
case ${2:-} in
  -v | --version | -h | --help) exec "$@" ;;
  *.conf)
    config=$2
    shift 2
    exec redis-server "$config" --protected-mode no "$@"
    ;;
esac
shift
exec redis-server --protected-mode no "$@"
