#!/bin/sh
# provision.sh policies|buckets|users: makes what the lists in /config ask for. Safe to run again at any time.
# Secrets come from files and go to mc on its standard input: they are never an argument, never in the output.
# Needs nothing but a shell, cat and mc: the image has little more.
set -euf

echo "waiting for MinIO at $MINIO_URL to accept writes"
MC_HOST_server="$MINIO_URL" mc ready server

printf '%s\n%s\n' "$(cat /credentials/root/rootUser)" "$(cat /credentials/root/rootPassword)" |
  mc alias set minio "$MINIO_URL"

policies() {
  while read -r name <&3; do
    mc admin policy create minio "$name" "/config/policy-$name.json"
  done
}

# Lines of buckets: name, anonymous access, versioning (enable, suspend, or - to leave it as it is).
buckets() {
  while read -r name access versioning <&3; do
    mc mb --ignore-existing "minio/$name"
    mc anonymous set "$access" "minio/$name"
    [ "$versioning" = - ] || mc version "$versioning" "minio/$name"
  done
}

# Lines of users: access key, policy.
users() {
  while read -r user policy <&3; do
    # Also gives an existing user the secret key of today.
    printf '%s\n%s\n' "$user" "$(cat "/credentials/users/$user")" | mc admin user add minio
    mc admin policy attach minio "$policy" --user "$user"
    detach_others
  done
}

# The list of a user's policies is comma-separated: {"policyName":"one,two",…}.
detach_others() {
  attached="$(mc --json admin user info minio "$user")"
  attached="${attached#*\"policyName\":\"}"
  attached="${attached%%\"*}"
  IFS=,
  for other in $attached; do
    [ "$other" = "$policy" ] || mc admin policy detach minio "$other" --user "$user"
  done
  unset IFS
}

"$1" 3<"/config/$1"
echo "$1: done"
