#!/bin/bash
# Starts a class with Kafka's jars, and with what the variables of Kafka's own scripts say of the JVM.
if [[ $1 == -name ]]; then shift 2; fi
# shellcheck disable=SC2086 # Lists of options.
exec java ${KAFKA_HEAP_OPTS:--Xmx256M} ${KAFKA_JVM_PERFORMANCE_OPTS:--XX:+UseG1GC -Djava.awt.headless=true} \
  ${KAFKA_LOG4J_OPTS-} ${KAFKA_OPTS-} -Dkafka.logs.dir="${LOG_DIR:-/opt/kafka/logs}" -cp '/opt/kafka/libs/*' "$@"
