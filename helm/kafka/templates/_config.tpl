{{- /* The name of node `index` that resolves in the whole cluster. Takes (dict "root" $ "index" 0). */ -}}
{{- define "kafka.nodeHost" -}}
{{- $fullname := include "kafka.fullname" .root -}}
{{- printf "%s-controller-%d.%s-controller-headless.%s.svc.%s" $fullname .index $fullname .root.Release.Namespace .root.Values.clusterDomain -}}
{{- end -}}

{{- /* The address that node `index` gives to clients outside the cluster. Takes (dict "root" $ "index" 0).
       @HOST_IP@ is known at start only; start.sh fills it in. */ -}}
{{- define "kafka.externalAddress" -}}
{{- with .root.Values.externalAccess.controller.service -}}
{{- if eq .type "NodePort" -}}
{{- printf "%s:%d" (.domain | default "@HOST_IP@") (index .nodePorts $.index | int) -}}
{{- else -}}
{{- printf "%s:%d" (index (.loadBalancerNames | default .loadBalancerIPs) $.index) (.ports.external | int) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* extraConfig as YAML: key → value. Comments of a properties file begin with # or !. */ -}}
{{- define "kafka.extraProperties" -}}
{{- $properties := dict -}}
{{- range splitList "\n" .Values.extraConfig -}}
{{- $line := trim . -}}
{{- if and $line (not (regexMatch "^[#!]" $line)) -}}
{{- $key := regexFind "^[^=:\\s]+" $line -}}
{{- $_ := set $properties $key (regexReplaceAll "^[^=:\\s]+\\s*[=:]?\\s*" $line "") -}}
{{- end -}}
{{- end -}}
{{- toYaml $properties -}}
{{- end -}}

{{- /* Properties that extraConfig may set otherwise. Kafka's own defaults are 3 copies for its internal topics,
       which a single node can never create, and 1 copy for all other topics, which loses data on three nodes;
       and a broker that finds no majority of the quorum gives up after a minute, sooner than the slowest image pull
       (broker configuration of Kafka 3.7 to 4.4). */ -}}
{{- define "kafka.defaultProperties" -}}
{{- $extra := include "kafka.extraProperties" . | fromYaml -}}
{{- $copies := min 3 (int .Values.controller.replicaCount) -}}
{{- /* A minimum above the number of copies would refuse every write. */ -}}
{{- $topicCopies := get $extra "default.replication.factor" | default $copies | int -}}
{{- $stateCopies := get $extra "transaction.state.log.replication.factor" | default $copies | int -}}
default.replication.factor: {{ $copies }}
initial.broker.registration.timeout.ms: 600000
min.insync.replicas: {{ ternary 2 1 (gt $topicCopies 1) }}
offsets.topic.replication.factor: {{ $copies }}
transaction.state.log.min.isr: {{ ternary 2 1 (gt $stateCopies 1) }}
transaction.state.log.replication.factor: {{ $copies }}
{{- end -}}

{{- /* What all nodes share. */ -}}
{{- define "kafka.serverProperties" -}}
{{- $external := .Values.externalAccess.enabled -}}
{{- $protocols := .Values.listeners -}}
{{- $voters := list -}}
{{- range $index := until (int .Values.controller.replicaCount) -}}
{{- $voters = append $voters (printf "%d@%s:9093" $index (include "kafka.nodeHost" (dict "root" $ "index" $index))) -}}
{{- end -}}
process.roles=broker,controller
controller.quorum.voters={{ join "," $voters }}
controller.listener.names=CONTROLLER
inter.broker.listener.name=INTERNAL
listeners=CLIENT://:9092,INTERNAL://:9094{{ if $external }},EXTERNAL://:9095{{ end }},CONTROLLER://:9093
listener.security.protocol.map=CLIENT:{{ $protocols.client.protocol }},INTERNAL:{{ $protocols.interbroker.protocol }},CONTROLLER:{{ $protocols.controller.protocol }}{{ if $external }},EXTERNAL:{{ $protocols.external.protocol }}{{ end }}
# Not the root of the volume, where a lost+found stops the broker; the original chart keeps its data in the same place.
log.dirs=/var/lib/kafka/data/data
{{- $extra := include "kafka.extraProperties" . | fromYaml }}
{{- range $key, $value := include "kafka.defaultProperties" . | fromYaml }}
{{- if not (hasKey $extra $key) }}
{{ $key }}={{ $value }}
{{- end }}
{{- end }}
{{- with trim .Values.extraConfig }}
{{ . }}
{{- end }}
{{- end -}}

{{- /* What is different on node `index`. Takes (dict "root" $ "index" 0). */ -}}
{{- define "kafka.nodeProperties" -}}
{{- $host := include "kafka.nodeHost" . -}}
node.id={{ .index }}
advertised.listeners=CLIENT://{{ $host }}:9092,INTERNAL://{{ $host }}:9094{{ if .root.Values.externalAccess.enabled }},EXTERNAL://{{ include "kafka.externalAddress" . }}{{ end }}
{{- end -}}
