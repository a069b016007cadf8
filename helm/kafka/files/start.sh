#!/bin/bash
# Starts one node: shared configuration plus its own, formatted storage, then the server in the place of this shell.
set -euo pipefail

config=/etc/kafka-config
properties=/tmp/server.properties
node="${POD_NAME##*-}"

if [[ ! -f "$config/node-$node.properties" ]]; then
  echo "node $node is not part of the configured quorum: change controller.replicaCount instead of scaling the StatefulSet" >&2
  exit 1
fi

# An IPv6 address needs brackets in front of its port.
host_ip="${HOST_IP:-}"
[[ "$host_ip" == *:* ]] && host_ip="[$host_ip]"

own="$(<"$config/node-$node.properties")"
printf '%s\n%s\n' "$(<"$config/server.properties")" "${own//@HOST_IP@/$host_ip}" >"$properties"

# Formats an empty disk, accepts one that this cluster and node formatted, refuses any other.
KAFKA_HEAP_OPTS=-Xmx256m /opt/kafka/bin/kafka-storage.sh format \
  --cluster-id="$CLUSTER_ID" --config "$properties" --ignore-formatted

exec /opt/kafka/bin/kafka-server-start.sh "$properties"
