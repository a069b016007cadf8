{{/*
What the values let kube-state-metrics list, by API group (v2.20.0, internal/store/*.go), as JSON: one source for the
flag and for the ClusterRole.
*/}}
{{- define "kube-prometheus.kubeStateMetrics.resources" -}}
{{- $enabled := index .Values "kube-state-metrics" "kubeResources" -}}
{{- $groups := dict
      "" (list "configmaps" "endpoints" "limitranges" "namespaces" "nodes" "persistentvolumeclaims" "persistentvolumes"
               "pods" "replicationcontrollers" "resourcequotas" "secrets" "services")
      "admissionregistration.k8s.io" (list "mutatingwebhookconfigurations" "validatingwebhookconfigurations")
      "apps" (list "daemonsets" "deployments" "replicasets" "statefulsets")
      "autoscaling" (list "horizontalpodautoscalers")
      "batch" (list "cronjobs" "jobs")
      "certificates.k8s.io" (list "certificatesigningrequests")
      "networking.k8s.io" (list "ingresses" "networkpolicies")
      "policy" (list "poddisruptionbudgets")
      "storage.k8s.io" (list "storageclasses" "volumeattachments") -}}
{{- $result := dict -}}
{{- range $group, $resources := $groups -}}
  {{- $kept := list -}}
  {{- range $resources }}{{ if index $enabled . }}{{ $kept = append $kept . }}{{ end }}{{ end -}}
  {{- if $kept }}{{ $_ := set $result $group $kept }}{{ end -}}
{{- end -}}
{{- toJson $result -}}
{{- end }}
