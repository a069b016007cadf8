{{- /* A proxy beside the containers of the pod, and iptables rules that send their traffic through it. */ -}}
metadata:
  labels:
    # Tells the other proxies that this pod speaks mutual TLS.
    security.istio.io/tlsMode: {{ index .ObjectMeta.Labels "security.istio.io/tlsMode" | default "istio" | quote }}
    {{- template "labels" . }}
spec:
  initContainers:
    - name: istio-init
      image: {{ .ProxyImage }}
      args:
        - istio-iptables
        - --envoy-port=15001
        - --inbound-capture-port=15006
        - --proxy-uid=1337
        - --istio-inbound-interception-mode=REDIRECT
        - --istio-service-cidr={{ annotation .ObjectMeta "traffic.sidecar.istio.io/includeOutboundIPRanges" "*" }}
        - --istio-service-exclude-cidr={{ annotation .ObjectMeta "traffic.sidecar.istio.io/excludeOutboundIPRanges" "" }}
        - --istio-outbound-ports={{ annotation .ObjectMeta "traffic.sidecar.istio.io/includeOutboundPorts" "" }}
        - --istio-local-outbound-ports-exclude={{ annotation .ObjectMeta "traffic.sidecar.istio.io/excludeOutboundPorts" "" }}
        - --istio-inbound-ports={{ annotation .ObjectMeta "traffic.sidecar.istio.io/includeInboundPorts" "*" }}
        # The proxy's own ports: metrics, health and agent.
        - --istio-local-exclude-ports=15090,15021,15020{{ with annotation .ObjectMeta "traffic.sidecar.istio.io/excludeInboundPorts" "" }},{{ . }}{{ end }}
        - --log_output_level={{ .Values.global.logging.level }}
      resources:
        {{ toYaml .Values.global.proxy.resources | indent 8 }}
      securityContext:
        runAsUser: 0
        runAsGroup: 0
        runAsNonRoot: false
        privileged: false
        allowPrivilegeEscalation: false
        # iptables keeps a lock file in /run.
        readOnlyRootFilesystem: false
        capabilities:
          drop: [ALL]
          add: [NET_ADMIN, NET_RAW]
  containers:
    - name: istio-proxy
      image: {{ .ProxyImage }}
      args:
      - proxy
      - sidecar
      {{- template "agent" . }}
      {{- if .ProxyConfig.GetHoldApplicationUntilProxyStarts.GetValue }}
      lifecycle:
        postStart:
          exec:
            command: [pilot-agent, wait]
      {{- end }}
      resources:
        {{ toYaml .Values.global.proxy.resources | indent 8 }}
      securityContext:
        # The rules of istio-init let traffic of this user pass.
        runAsUser: 1337
        runAsGroup: 1337
        runAsNonRoot: true
        privileged: false
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
        seccompProfile:
          type: RuntimeDefault
  {{- template "pod" . }}
