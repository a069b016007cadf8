{{- /* The document of one policy. */ -}}
{{- define "minio.policy" -}}
{{- $statements := list -}}
{{- range .statements -}}
{{- $statement := dict "Effect" (.effect | default "Allow") "Action" .actions -}}
{{- with .resources -}}
{{- $_ := set $statement "Resource" . -}}
{{- end -}}
{{- $statements = append $statements $statement -}}
{{- end -}}
{{- toPrettyJson (dict "Version" "2012-10-17" "Statement" $statements) -}}
{{- end -}}

{{- /* One step of the Job. Takes (dict "root" $ "name" … "list" … "resources" … "mounts" …). */ -}}
{{- define "minio.provisionContainer" -}}
- name: {{ .name }}
  image: {{ .root.Values.image.repository }}:{{ .root.Values.image.tag }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  command:
    - /bin/sh
    - /config/provision.sh
    - {{ .list }}
  env:
    - name: MINIO_URL
      value: http://{{ include "minio.fullname" .root }}:{{ .root.Values.service.port }}
    - name: MC_CONFIG_DIR
      value: /tmp/mc
  resources:
    {{- toYaml .resources | nindent 4 }}
  {{- include "minio.containerSecurity" .root | nindent 2 }}
  volumeMounts:
    - name: config
      mountPath: /config
      readOnly: true
    - name: root
      mountPath: /credentials/root
      readOnly: true
    {{- if and (eq .list "users") .root.Values.users }}
    - name: users
      mountPath: /credentials/users
      readOnly: true
    {{- end }}
    # Where mc keeps the root credentials while it runs: each step has its own, in memory.
    - name: {{ .list }}-tmp
      mountPath: /tmp
{{- end -}}
