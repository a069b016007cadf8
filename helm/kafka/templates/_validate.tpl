{{- /* Rules between values, which a schema cannot state. All violations are reported at once. */ -}}
{{- define "kafka.validate" -}}
{{- $problems := list -}}
{{- $nodes := int .Values.controller.replicaCount -}}

{{- if eq 0 (mod $nodes 2) -}}
{{- $problems = append $problems (printf "controller.replicaCount: %d — an even quorum survives no more failures than one node less (take 1, 3 or 5)" $nodes) -}}
{{- end -}}

{{- $owned := list "node.id" "broker.id" "process.roles" "listeners" "advertised.listeners" "listener.security.protocol.map"
    "inter.broker.listener.name" "controller.listener.names" "controller.quorum.voters" "log.dir" "log.dirs" -}}
{{- range $key := include "kafka.extraProperties" . | fromYaml | keys | sortAlpha -}}
{{- if has $key $owned -}}
{{- $problems = append $problems (printf "extraConfig: %s — the chart sets this property itself (remove the line)" $key) -}}
{{- end -}}
{{- end -}}

{{- if .Values.externalAccess.enabled -}}
{{- if .Values.externalAccess.autoDiscovery.enabled -}}
{{- $problems = append $problems "externalAccess.autoDiscovery.enabled: true — this chart never asks the Kubernetes API (give the addresses in externalAccess.controller.service: nodePorts with domain or useHostIPs, or loadBalancerNames, or loadBalancerIPs)" -}}
{{- end -}}
{{- $path := "externalAccess.controller.service" -}}
{{- with .Values.externalAccess.controller.service -}}
{{- if eq .type "NodePort" -}}
{{- if ne (len .nodePorts) $nodes -}}
{{- $problems = append $problems (printf "%s.nodePorts: %d ports — one is needed for each of the %d nodes (for example [30093, 30094, 30095])" $path (len .nodePorts) $nodes) -}}
{{- end -}}
{{- if not (or .domain .useHostIPs) -}}
{{- $problems = append $problems (printf "%s.domain: empty — outside clients need an address (set domain, or useHostIPs: true)" $path) -}}
{{- end -}}
{{- else if not (or .loadBalancerNames .loadBalancerIPs) -}}
{{- $problems = append $problems (printf "%s.loadBalancerNames: empty — each of the %d nodes needs an address to advertise (set loadBalancerNames or loadBalancerIPs)" $path $nodes) -}}
{{- end -}}
{{- $service := . -}}
{{- range $list := list "loadBalancerNames" "loadBalancerIPs" "loadBalancerAnnotations" -}}
{{- $length := len (get $service $list) -}}
{{- if and (ne $service.type "NodePort") $length (ne $length $nodes) -}}
{{- $problems = append $problems (printf "%s.%s: %d entries — one is needed for each of the %d nodes" $path $list $length $nodes) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- if $problems -}}
{{- fail (printf "values of the chart kafka:\n%s" (join "\n" $problems)) -}}
{{- end -}}
{{- end -}}
