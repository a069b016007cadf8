{{- define "prefect-server.fullname" -}}
{{- $default := printf "%s-%s" .Release.Name .Chart.Name -}}
{{- if contains .Chart.Name .Release.Name }}{{ $default = .Release.Name }}{{ end -}}
{{- .Values.fullnameOverride | default $default | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "prefect-server.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: server
{{- end -}}

{{/*
The version that runs, as far as a label can hold it, without the variant: `3.9.1-python3.11-kubernetes` is 3.9.1. A
digest may follow the tag.
*/}}
{{- define "prefect-server.version" -}}
{{- $tag := .Values.global.prefect.image.prefectTag | splitList "@" | first -}}
{{- regexFind "^\\d[\\d.]*(-|$)" $tag | default $tag | trunc 63 | trimAll "-_." -}}
{{- end -}}

{{/* Of pods: without the version of the chart, which would restart the server for nothing. */}}
{{- define "prefect-server.podLabels" -}}
{{ include "prefect-server.selectorLabels" . }}
app.kubernetes.io/version: {{ include "prefect-server.version" . | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "prefect-server.labels" -}}
{{ include "prefect-server.podLabels" . }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{/* Variables of both containers. */}}
{{- define "prefect-server.databaseEnv" -}}
- name: HOME
  value: /home/prefect
- name: PREFECT_SERVER_DATABASE_CONNECTION_URL
  valueFrom:
    secretKeyRef:
      name: {{ .Values.externalDatabase.existingSecret }}
      key: {{ .Values.externalDatabase.connectionStringSecretKey }}
{{- end -}}

{{/*
Those of `server.env` that say how to reach the database: Prefect's, also by their older names (prefect 3.9.1,
settings/models/server/database.py), and those that its driver reads.
*/}}
{{- define "prefect-server.databaseSettings" -}}
{{- range .Values.server.env }}
{{- if regexMatch "^(PREFECT_(SERVER|API)_DATABASE_|PG)" (toString .name) }}
{{ toYaml (list .) }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What else both containers have in common. */}}
{{- define "prefect-server.containerBasics" -}}
image: {{ .Values.global.prefect.image.repository }}:{{ .Values.global.prefect.image.prefectTag }}
imagePullPolicy: {{ .Values.global.prefect.image.pullPolicy }}
workingDir: /home/prefect
resources: {{- toYaml .Values.server.resources | nindent 2 }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
volumeMounts:
  - name: home
    mountPath: /home/prefect
  - name: tmp
    mountPath: /tmp
{{- end -}}
