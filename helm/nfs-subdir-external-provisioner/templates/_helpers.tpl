{{/* The release's own name where it contains that of the chart, as in the original chart. */}}
{{- define "nfs.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* Volumes remember it: another name would leave them without a provisioner. */}}
{{- define "nfs.provisionerName" -}}
cluster.local/{{ include "nfs.fullname" . }}
{{- end }}

{{- define "nfs.selectorLabels" -}}
app: {{ .Chart.Name }}
release: {{ .Release.Name }}
{{- end }}

{{- /* The version that runs, as far as a label can hold it: a digest may follow the tag. */ -}}
{{- define "nfs.version" -}}
{{- .Values.image.tag | splitList "@" | first | trimPrefix "v" | trunc 63 | trimAll "-_." -}}
{{- end -}}

{{- define "nfs.podLabels" -}}
{{ include "nfs.selectorLabels" . }}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ include "nfs.version" . | quote }}
app.kubernetes.io/component: provisioner
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "nfs.labels" -}}
{{ include "nfs.podLabels" . }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "nfs.server" -}}
{{- required "nfs.server is missing: the host or address of the NFS server, such as 192.0.2.10" .Values.nfs.server -}}
{{- end }}
