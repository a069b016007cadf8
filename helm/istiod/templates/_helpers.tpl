{{/* istiod serves the namespace it runs in; any other value would be ignored silently. */}}
{{- define "istiod.checkNamespace" -}}
{{- with .Values.global.istioNamespace -}}
{{- if ne . $.Release.Namespace -}}
{{- fail (printf "global.istioNamespace: %q is not the namespace of the release, %q: leave the value out, or install the release there" . $.Release.Namespace) -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* The Deployment selects by `istio`, the Service by both, as in the original chart. */}}
{{- define "istiod.selectorLabels" -}}
app: istiod
istio: pilot
{{- end }}

{{- /* The version that runs, as far as a label can hold it. */ -}}
{{- define "istiod.version" -}}
{{- .Values.global.tag | trunc 63 | trimAll "-_." -}}
{{- end -}}

{{- define "istiod.podLabels" -}}
{{ include "istiod.selectorLabels" . }}
istio.io/rev: default
app.kubernetes.io/name: istiod
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: control-plane
app.kubernetes.io/version: {{ include "istiod.version" . | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* For every other object. */}}
{{- define "istiod.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
release: {{ .Release.Name }}
{{ include "istiod.podLabels" . }}
{{- end }}

{{- define "istiod.minReplicas" -}}
{{- ternary .Values.pilot.autoscaleMin .Values.pilot.replicaCount .Values.pilot.autoscaleEnabled -}}
{{- end }}
