{{- define "postgresql.fullname" -}}
{{- $default := printf "%s-%s" .Release.Name .Chart.Name -}}
{{- if contains .Chart.Name .Release.Name }}{{ $default = .Release.Name }}{{ end -}}
{{- .Values.fullnameOverride | default $default | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "postgresql.headlessName" -}}
{{- printf "%s-hl" (include "postgresql.fullname" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "postgresql.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: primary
{{- end -}}

{{/* The version that runs, as far as a label can hold it, without the variant: `17.12-bookworm` is 17.12. */}}
{{- define "postgresql.version" -}}
{{- $tag := .Values.image.tag -}}
{{- regexFind "^\\d[\\d.]*(-|$)" $tag | default $tag | trunc 63 | trimAll "-_." -}}
{{- end -}}

{{/* Of pods: without the version of the chart, which would restart the database for nothing. */}}
{{- define "postgresql.podLabels" -}}
{{ include "postgresql.selectorLabels" . }}
app.kubernetes.io/version: {{ include "postgresql.version" . | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "postgresql.labels" -}}
{{ include "postgresql.podLabels" . }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{- define "postgresql.image" -}}
{{- with .Values.image -}}
{{ .registry }}/{{ .repository }}:{{ .tag }}{{ with .digest }}@{{ . }}{{ end }}
{{- end }}
{{- end -}}

{{/* The owner of the database when it is not the superuser, else empty. */}}
{{- define "postgresql.username" -}}
{{- $auth := .Values.auth -}}
{{- $username := eq $auth.username "postgres" | ternary "" $auth.username -}}
{{- if and $username (not $auth.database) -}}
{{- $rule := "auth.database: missing, but auth.username is %q. Name its database, e.g. auth.database: %s." -}}
{{- fail (printf $rule $username $username) -}}
{{- end -}}
{{- if not (or $username $auth.enablePostgresUser) -}}
{{- $rule := "auth.username: missing, but auth.enablePostgresUser is false, so nobody could log in." -}}
{{- fail (print $rule " Set auth.username, e.g. app, or auth.enablePostgresUser: true.") -}}
{{- end -}}
{{- $username -}}
{{- end -}}

{{/* What the pod reads at its start. */}}
{{- define "postgresql.configuration" -}}
postgresql.conf: |
  # What initdb has found out about the machine, then what the pod needs, then what the user wants.
  include '/var/lib/postgresql/data/pgdata/postgresql.conf'
  listen_addresses = '*'
  hba_file = '/etc/postgresql/pg_hba.conf'
  password_encryption = 'scram-sha-256'
  {{- with .Values.primary.extendedConfiguration | trim }}{{ . | nindent 2 }}{{ end }}
pg_hba.conf: |
  # No address is trusted, not even the own one: behind a sidecar proxy every client looks local.
  local all postgres peer
  {{- if not .Values.auth.enablePostgresUser }}
  host all postgres all reject
  {{- end }}
  host all all all scram-sha-256
setup.sh: |
  {{- .Files.Get "files/setup.sh" | trim | nindent 2 }}
setup.sql: |
  {{- .Files.Get "files/setup.sql" | trim | nindent 2 }}
{{- end -}}

{{/* What both containers have in common. */}}
{{- define "postgresql.containerBasics" -}}
resources: {{- toYaml .Values.primary.resources | nindent 2 }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
volumeMounts:
  - name: data
    mountPath: /var/lib/postgresql/data
  - name: configuration
    mountPath: /etc/postgresql
    readOnly: true
  - name: socket
    mountPath: /var/run/postgresql
  - name: shared-memory
    mountPath: /dev/shm
{{- end -}}
