{{- define "gateway.name" -}}
{{- .Values.name | default .Release.Name -}}
{{- end }}

{{- define "gateway.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "gateway.name" .) -}}
{{- else -}}
{{- required "serviceAccount.name is required when serviceAccount.create is false, for example serviceAccount.name: my-gateway" .Values.serviceAccount.name -}}
{{- end -}}
{{- end }}

{{/* What the Deployment, the Service and every Istio Gateway object select: a contract with the original chart. */}}
{{- define "gateway.selectorLabels" -}}
{{- $name := include "gateway.name" . -}}
app: {{ .Values.labels.app | default $name | quote }}
istio: {{ .Values.labels.istio | default (trimPrefix "istio-" $name) | quote }}
{{- end }}

{{- /* The version that runs, as far as a label can hold it. */ -}}
{{- define "gateway.version" -}}
{{- .Values.global.tag | trunc 63 | trimAll "-_." -}}
{{- end -}}

{{- define "gateway.podLabels" -}}
{{ include "gateway.selectorLabels" . }}
app.kubernetes.io/name: {{ include "gateway.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: gateway
app.kubernetes.io/version: {{ include "gateway.version" . | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with omit .Values.labels "app" "istio" }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "gateway.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{ include "gateway.podLabels" . }}
{{- end }}
