{{- define "kafka.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "kafka.image" -}}
{{- with .Values.image -}}
{{- printf "%s/%s:%s" .registry .repository .tag -}}
{{- with .digest }}@{{ . }}{{ end -}}
{{- end -}}
{{- end -}}

{{- /* The version that runs, as far as a label can hold it. */ -}}
{{- define "kafka.version" -}}
{{- .Values.image.tag | trunc 63 | trimAll "-_." -}}
{{- end -}}

{{- /* What every selector has in common, as in the original chart. */ -}}
{{- define "kafka.matchLabels" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/name: {{ .Chart.Name }}
{{- end -}}

{{- define "kafka.nodeMatchLabels" -}}
{{ include "kafka.matchLabels" . }}
app.kubernetes.io/component: controller-eligible
app.kubernetes.io/part-of: kafka
{{- end -}}

{{- /* Labels of an object; the caller adds its component. */ -}}
{{- define "kafka.labels" -}}
{{ include "kafka.matchLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ include "kafka.version" . | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}
