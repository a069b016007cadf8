#!/bin/sh
# Makes the policies, buckets and users that the lists in /config ask for. Safe to run again at any time.
# Keys come from files. Secret keys go to mc on its standard input: they are never an argument. No key is in the output.
# Needs nothing but a shell, cat and mc: the image has little more.
set -euf

# The users that this script has made; it removes no others. The group gives no right.
group=mlops-infra

echo "waiting for MinIO at $MINIO_URL to accept writes"
MC_HOST_server="$MINIO_URL" mc ready server

printf '%s\n%s\n' "$(cat /credentials/root/rootUser)" "$(cat /credentials/root/rootPassword)" |
  mc alias set minio "$MINIO_URL"

policies() {
  while read -r name <&3; do
    mc admin policy create minio "$name" "/config/policy-$name.json"
  done
}

buckets() {
  while read -r name <&3; do
    mc mb --ignore-existing "minio/$name"
    mc anonymous set none "minio/$name"
  done
}

# Each user has the policy of its name, and the keys of today.
users() {
  listed=' '
  while read -r name <&3; do
    user="$(cat "/credentials/users/$name-access-key")"
    # Also gives an existing user the secret key of today.
    printf '%s\n%s\n' "$user" "$(cat "/credentials/users/$name")" | mc admin user add minio >/dev/null
    mc admin policy attach minio "$name" --user "$user" >/dev/null
    detach_others
    remove_accounts
    mc admin group add minio "$group" "$user" >/dev/null
    listed="$listed$user "
    echo "user $name: done"
  done
  # While keys are replaced, those of before are valid until everybody has the new ones.
  [ -n "${KEEP_USERS_OF_BEFORE-}" ] || remove_others
}

# The list of a user's policies is comma-separated: {"policyName":"one,two",…}.
detach_others() {
  attached="$(mc --json admin user info minio "$user")"
  attached="${attached#*\"policyName\":\"}"
  attached="${attached%%\"*}"
  IFS=,
  for other in $attached; do
    [ "$other" = "$name" ] || mc admin policy detach minio "$other" --user "$user" >/dev/null
  done
  unset IFS
}

# Access keys that a user has made for itself outlive the keys of today. One line each: {…,"accessKey":"one",…}.
remove_accounts() {
  mc --json admin user svcacct ls minio "$user" >/tmp/accounts
  while read -r account; do
    account="${account#*\"accessKey\":\"}"
    mc admin user svcacct rm minio "${account%%\"*}" >/dev/null
    echo "user $name: removed an access key of its own making"
  done </tmp/accounts
}

# Users who had the keys of yesterday, with all that they have made: {…,"members":["one","two"],…}.
remove_others() {
  members="$(mc --json admin group info minio "$group")"
  members="${members#*\"members\":[}"
  members="${members%%]*}"
  IFS=,
  for member in $members; do
    member="${member#\"}"
    member="${member%\"}"
    case "$listed" in
      *" $member "*) ;;
      *)
        mc admin user remove minio "$member" >/dev/null
        echo 'removed a user with the keys of before'
        ;;
    esac
  done
  unset IFS
}

for list in policies buckets users; do
  "$list" 3<"/config/$list"
  echo "$list: done"
done
