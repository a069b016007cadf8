{{- /* Shared by the templates of this folder, which istiod runs for every pod that it injects. `.Values` is the key
`values` of the same ConfigMap. The indentation fits where the blocks are used. */ -}}

{{- define "labels" }}
    service.istio.io/canonical-name: {{ coalesce (index .ObjectMeta.Labels "service.istio.io/canonical-name") (index .ObjectMeta.Labels "app.kubernetes.io/name") (index .ObjectMeta.Labels "app") .DeploymentMeta.Name | quote }}
    service.istio.io/canonical-revision: {{ coalesce (index .ObjectMeta.Labels "service.istio.io/canonical-revision") (index .ObjectMeta.Labels "app.kubernetes.io/version") (index .ObjectMeta.Labels "version") "latest" | quote }}
{{- end }}

{{- define "agent" }}
      - --domain
      - $(POD_NAMESPACE).svc.{{ .Values.global.proxy.clusterDomain }}
      - --proxyLogLevel={{ .Values.global.proxy.logLevel }},misc:error
      - --log_output_level={{ .Values.global.logging.level }}
      {{- if .Values.global.logAsJson }}
      - --log_as_json
      {{- end }}
      env:
        - name: PROXY_CONFIG
          value: {{ protoToJSON .ProxyConfig | quote }}
        - name: TRUST_DOMAIN
          value: {{ .MeshConfig.TrustDomain | quote }}
        - name: POD_NAME
          valueFrom:
            fieldRef:
              fieldPath: metadata.name
        - name: POD_NAMESPACE
          valueFrom:
            fieldRef:
              fieldPath: metadata.namespace
        - name: INSTANCE_IP
          valueFrom:
            fieldRef:
              fieldPath: status.podIP
        - name: HOST_IP
          valueFrom:
            fieldRef:
              fieldPath: status.hostIP
        - name: SERVICE_ACCOUNT
          valueFrom:
            fieldRef:
              fieldPath: spec.serviceAccountName
        - name: ISTIO_META_NODE_NAME
          valueFrom:
            fieldRef:
              fieldPath: spec.nodeName
        - name: ISTIO_META_CLUSTER_ID
          value: Kubernetes
        {{- if .DeploymentMeta.Name }}
        - name: ISTIO_META_WORKLOAD_NAME
          value: {{ .DeploymentMeta.Name | quote }}
        - name: ISTIO_META_OWNER
          value: kubernetes://apis/{{ .TypeMeta.APIVersion }}/namespaces/{{ .DeploymentMeta.Namespace }}/{{ toLower .TypeMeta.Kind }}s/{{ .DeploymentMeta.Name }}
        {{- end }}
        {{- $ports := list }}
        {{- range .Spec.Containers }}{{ range .Ports }}{{ $ports = append $ports . }}{{ end }}{{ end }}
        - name: ISTIO_META_POD_PORTS
          value: {{ structToJSON $ports | quote }}
        {{- range $key, $value := .ProxyConfig.ProxyMetadata }}
        - name: {{ $key }}
          value: {{ $value | quote }}
        {{- end }}
      ports:
        - name: http-envoy-prom
          containerPort: 15090
          protocol: TCP
      readinessProbe:
        httpGet:
          path: /healthz/ready
          port: 15021
        initialDelaySeconds: 1
        periodSeconds: 2
        timeoutSeconds: 3
        failureThreshold: 30
      volumeMounts:
        - name: istiod-ca-cert
          mountPath: /var/run/secrets/istio
          readOnly: true
        - name: istio-token
          mountPath: /var/run/secrets/tokens
          readOnly: true
        - name: workload-socket
          mountPath: /var/run/secrets/workload-spiffe-uds
        - name: istio-envoy
          mountPath: /etc/istio/proxy
        - name: istio-data
          mountPath: /var/lib/istio/data
        - name: istio-podinfo
          mountPath: /etc/istio/pod
          readOnly: true
{{- end }}

{{- define "pod" }}
  volumes:
    - name: istiod-ca-cert
      configMap:
        name: istio-ca-root-cert
    - name: istio-token
      projected:
        sources:
          - serviceAccountToken:
              path: istio-token
              audience: istio-ca
              expirationSeconds: 43200
    - name: workload-socket
      emptyDir: {}
    - name: istio-envoy
      emptyDir:
        medium: Memory
    - name: istio-data
      emptyDir: {}
    - name: istio-podinfo
      downwardAPI:
        items:
          - path: labels
            fieldRef:
              fieldPath: metadata.labels
          - path: annotations
            fieldRef:
              fieldPath: metadata.annotations
  {{- with .Values.global.imagePullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
{{- end -}}
