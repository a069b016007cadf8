{{/* The operator's own code knows these names, and the Deployment's: operator/utils/k8s/initializer.go */}}
{{- define "seldon.serviceAccount" -}}seldon-manager{{- end }}
{{- define "seldon.leaderElectionId" -}}a33bd623.machinelearning.seldon.io{{- end }}

{{- /* The version that runs, as far as a label can hold it: a digest may follow the tag. */ -}}
{{- define "seldon.version" -}}
{{- .Values.image.tag | splitList "@" | first | trunc 63 | trimAll "-_." -}}
{{- end -}}

{{- define "seldon.labels" -}}
app: seldon
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ include "seldon.version" . | quote }}
app.kubernetes.io/component: controller
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* Constants of the original chart; a Deployment cannot change its selector, so they hold for every release. */}}
{{- define "seldon.selectorLabels" -}}
app: seldon
app.kubernetes.io/instance: seldon1
app.kubernetes.io/name: seldon
app.kubernetes.io/version: v0.5
control-plane: seldon-controller-manager
{{- end }}

{{- define "seldon.image" -}}
{{ .registry }}/{{ .repository }}:{{ .tag }}
{{- end }}

{{/*
The operator has no health endpoint. It serves metrics once its certificate is made, right before the webhook; knocking
at the webhook instead would leave a TLS error in its log each time.
*/}}
{{- define "seldon.probe" -}}
httpGet:
  path: /metrics
  port: metrics
timeoutSeconds: 5
{{- end }}
