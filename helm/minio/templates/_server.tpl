{{- /* Names of the volumes of one server, also their mount paths: /export, or /export-0 and so on. */ -}}
{{- define "minio.volumes" -}}
{{- if and (eq .Values.mode "distributed") (gt (int .Values.drivesPerNode) 1) -}}
{{- range until (int .Values.drivesPerNode) }}
- export-{{ . }}
{{- end -}}
{{- else -}}
- export
{{- end -}}
{{- end -}}

{{- /* What the server is told to serve: a directory, or for each pool all of its servers and volumes. */ -}}
{{- define "minio.targets" -}}
{{- if eq .Values.mode "standalone" -}}
- /export
{{- else -}}
{{- $name := include "minio.fullname" . -}}
{{- $replicas := int .Values.replicas -}}
{{- $drives := int .Values.drivesPerNode -}}
{{- $path := "/export" -}}
{{- if gt $drives 1 -}}
{{- $path = printf "/export-{0...%d}" (sub $drives 1) -}}
{{- end -}}
{{- range $pool := until (int .Values.pools) }}
{{- $first := mul $pool $replicas | int }}
{{- $last := add $first $replicas -1 | int }}
- http://{{ $name }}-{{ printf "{%d...%d}" $first $last }}.{{ $name }}-svc.{{ $.Release.Namespace }}.svc:9000{{ $path }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* The pod of a server, of the Deployment and of the StatefulSet. */ -}}
{{- define "minio.podTemplate" -}}
{{- $distributed := eq .Values.mode "distributed" -}}
{{- $volumes := include "minio.volumes" . | fromYamlArray -}}
metadata:
  labels:
    {{- include "minio.matchLabels" . | nindent 4 }}
    {{- include "minio.standardLabels" . | nindent 4 }}
    app.kubernetes.io/component: server
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: minio-sa
  {{- include "minio.podSecurity" . | nindent 2 }}
  # The server takes up to 30 seconds to finish its requests.
  terminationGracePeriodSeconds: 60
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if .Values.affinity }}
  affinity:
    {{- toYaml .Values.affinity | nindent 4 }}
  {{- else if $distributed }}
  affinity:
    podAntiAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
        - weight: 1
          podAffinityTerm:
            topologyKey: kubernetes.io/hostname
            labelSelector:
              matchLabels:
                {{- include "minio.matchLabels" . | nindent 16 }}
  {{- end }}
  containers:
    - name: minio
      image: {{ .Values.image.repository }}:{{ .Values.image.tag }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      # Not the image's entrypoint, which does nothing more than to translate the name of the command and, for a root
      # container, to change the user (pgsty/silo 2026-08-06, dockerscripts/docker-entrypoint.sh).
      command:
        - silo
      args:
        - server
        {{- include "minio.targets" . | trim | nindent 8 }}
        - --address=:9000
        - --console-address=:9001
      env:
        - name: MINIO_ROOT_USER
          valueFrom:
            secretKeyRef:
              name: {{ .Values.existingSecret }}
              key: rootUser
        - name: MINIO_ROOT_PASSWORD
          valueFrom:
            secretKeyRef:
              name: {{ .Values.existingSecret }}
              key: rootPassword
        # The server makes a .silo for certificates here, and stops where it cannot.
        - name: HOME
          value: /tmp
        {{- $metrics := ternary (dict "MINIO_PROMETHEUS_AUTH_TYPE" "public") (dict) .Values.metrics.serviceMonitor.public }}
        {{- range $name, $value := merge (dict) .Values.environment $metrics }}
        - name: {{ $name }}
          value: {{ $value | quote }}
        {{- end }}
      ports:
        - name: http
          containerPort: 9000
        - name: http-console
          containerPort: 9001
      # Of the server's own probes, live and ready answer 200 before storage and users are loaded; cluster/read does not
      # (pgsty/silo 2026-08-06, cmd/healthcheck-handler.go). Reads go on where writes have lost their quorum.
      startupProbe:
        httpGet:
          path: /minio/health/live
          port: http
        periodSeconds: 5
        failureThreshold: 60
      livenessProbe:
        httpGet:
          path: /minio/health/live
          port: http
        periodSeconds: 15
        timeoutSeconds: 5
        failureThreshold: 4
      readinessProbe:
        httpGet:
          path: /minio/health/cluster/read
          port: http
        periodSeconds: 5
        timeoutSeconds: 5
        failureThreshold: 3
      resources:
        {{- toYaml .Values.resources | nindent 8 }}
      {{- include "minio.containerSecurity" . | nindent 6 }}
      volumeMounts:
        {{- range $volumes }}
        - name: {{ . }}
          mountPath: /{{ . }}
        {{- end }}
        - name: tmp
          mountPath: /tmp
  volumes:
    - name: tmp
      emptyDir: {}
    {{- if not .Values.persistence.enabled }}
    {{- range $volumes }}
    - name: {{ . }}
      emptyDir: {}
    {{- end }}
    {{- else if not $distributed }}
    - name: export
      persistentVolumeClaim:
        claimName: {{ include "minio.fullname" . }}
    {{- end }}
{{- end -}}
