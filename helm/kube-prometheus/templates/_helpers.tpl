{{/* Cut at 26 characters as the original chart does: the operator adds long prefixes to the names it derives. */}}
{{- define "kube-prometheus.fullname" -}}
{{- $name := contains .Chart.Name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name .Chart.Name) -}}
{{- $name | trunc 26 | trimSuffix "-" -}}
{{- end }}

{{- define "kube-prometheus.operator.fullname" -}}
{{ include "kube-prometheus.fullname" . }}-operator
{{- end }}

{{- define "kube-prometheus.kubelet.fullname" -}}
{{ include "kube-prometheus.fullname" . }}-kubelet
{{- end }}

{{- define "kube-prometheus.prometheus.fullname" -}}
{{ include "kube-prometheus.fullname" . }}-prometheus
{{- end }}

{{- define "kube-prometheus.alertmanager.fullname" -}}
{{ include "kube-prometheus.fullname" . }}-alertmanager
{{- end }}

{{- define "kube-prometheus.blackboxExporter.fullname" -}}
{{ include "kube-prometheus.fullname" . }}-blackbox-exporter
{{- end }}

{{/* Name of an exporter that is a subchart of its own in the original chart. Arguments: root, name. */}}
{{- define "kube-prometheus.exporter.fullname" -}}
{{- $release := .root.Release.Name -}}
{{- contains .name $release | ternary $release (printf "%s-%s" $release .name) | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{/* More labels for pods that the operator makes. Arguments: root, component, extra. */}}
{{- define "kube-prometheus.operatedPodLabels" -}}
{{- $own := dict "app.kubernetes.io/component" .component "app.kubernetes.io/part-of" .root.Chart.Name -}}
{{- merge $own .extra .root.Values.commonLabels | toYaml }}
{{- end }}

{{- define "kube-prometheus.nodeExporter.namespace" -}}
{{ (index .Values "node-exporter").namespaceOverride | default .Release.Namespace }}
{{- end }}

{{/* What selects a workload. Arguments: root, name, component (left out where the original chart has none). */}}
{{- define "kube-prometheus.selectorLabels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end }}

{{/* Labels that the operator puts on the pods it makes (v0.94.1, pkg/{prometheus/server,alertmanager}/statefulset.go). */}}
{{- define "kube-prometheus.prometheus.podSelector" -}}
app.kubernetes.io/name: prometheus
prometheus: {{ include "kube-prometheus.prometheus.fullname" . }}
{{- end }}

{{- define "kube-prometheus.alertmanager.podSelector" -}}
app.kubernetes.io/name: alertmanager
alertmanager: {{ include "kube-prometheus.alertmanager.fullname" . }}
{{- end }}

{{/*
Labels of a pod. Arguments: root, name, component, version (an image tag), extra (a map, may be missing).
Ours win over commonLabels and extra, so that no value can take a pod out of its selector.
*/}}
{{- define "kube-prometheus.podLabels" -}}
{{- $own := dict
      "app.kubernetes.io/name" .name
      "app.kubernetes.io/instance" .root.Release.Name
      "app.kubernetes.io/component" .component
      "app.kubernetes.io/part-of" .root.Chart.Name
      "app.kubernetes.io/managed-by" .root.Release.Service -}}
{{- with .version }}{{ $_ := set $own "app.kubernetes.io/version" (. | trunc 63 | trimAll "-_.") }}{{ end -}}
{{- merge $own (.extra | default dict) .root.Values.commonLabels | toYaml }}
{{- end }}

{{/* Labels of any object but a pod. Arguments as above. */}}
{{- define "kube-prometheus.labels" -}}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{ include "kube-prometheus.podLabels" . }}
{{- end }}

{{/* What the operator makes flags and configuration for; for another tag, it takes the version that it was made with. */}}
{{- define "kube-prometheus.serverVersion" -}}
{{- if regexMatch "^v\\d+\\.\\d+\\.\\d+$" .tag }}version: {{ .tag }}{{ end }}
{{- end }}

{{/* An image as a pod names it. */}}
{{- define "kube-prometheus.image" -}}
{{ .registry }}/{{ .repository }}:{{ .tag }}{{ with .digest }}@{{ . }}{{ end }}
{{- end }}

{{/* imagePullSecrets for a list of images. */}}
{{- define "kube-prometheus.pullSecrets" -}}
{{- $names := list -}}
{{- range . }}{{ $names = concat $names .pullSecrets }}{{ end -}}
{{- with $names | uniq }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{/*
affinity, nodeSelector and tolerations. Arguments: values (the part's own), selector (labels, as text).
Without an affinity of the user, replicas prefer different nodes.
*/}}
{{- define "kube-prometheus.scheduling" -}}
affinity:
  {{- with .values.affinity }}
  {{- toYaml . | nindent 2 }}
  {{- else }}
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 1
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels:
              {{- .selector | nindent 14 }}
  {{- end }}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* 65534 is "nobody", the user that all these images are built for (USER in the Dockerfiles of the projects). */}}
{{- define "kube-prometheus.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65534
runAsGroup: 65534
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "kube-prometheus.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end }}

{{/* The part of a Service that differs by exposure. Arguments: service (values), port. */}}
{{- define "kube-prometheus.exposure" -}}
{{- $external := ne .service.type "ClusterIP" -}}
type: {{ .service.type }}
sessionAffinity: {{ .service.sessionAffinity }}
{{- if $external }}
externalTrafficPolicy: {{ .service.externalTrafficPolicy }}
{{- end }}
{{- if eq .service.type "LoadBalancer" }}
{{- with .service.loadBalancerSourceRanges }}
loadBalancerSourceRanges:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
ports:
  - name: http
    port: {{ .port }}
    targetPort: {{ .port }}
    protocol: TCP
    {{- if $external }}
    {{- with .service.nodePorts.http }}
    nodePort: {{ . }}
    {{- end }}
    {{- end }}
{{- end }}

{{/* storage of a Prometheus or an Alertmanager; without persistence the operator mounts an emptyDir. */}}
{{- define "kube-prometheus.storage" -}}
{{- if .enabled }}
storage:
  volumeClaimTemplate:
    spec:
      accessModes:
        {{- toYaml .accessModes | nindent 8 }}
      {{- with .storageClass }}
      storageClassName: {{ eq . "-" | ternary "" . | quote }}
      {{- end }}
      resources:
        requests:
          storage: {{ .size }}
{{- end }}
{{- end }}

{{/*
The container that reloads changed configuration beside Prometheus and Alertmanager. The operator gives it no probe
(v0.94.1, pkg/operator/config_reloader.go); this is merged into its container. It serves its own metrics and no
client, so that it needs to be alive but never makes the server beside it unready.
*/}}
{{- define "kube-prometheus.reloaderProbe" -}}
containers:
  - name: config-reloader
    livenessProbe:
      httpGet:
        path: /metrics
        port: reloader-web
      periodSeconds: 30
      timeoutSeconds: 5
{{- end }}
