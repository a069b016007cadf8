#!/usr/bin/env bash
# Becomes the command.
set -e
[[ $# -gt 0 ]] || set -- bash
exec "$@"
