{{- /* Fills the container istio-proxy (image: auto) of a gateway pod, which brings the rest: what the original
gateway chart and its descendants rely on. The bundled one is complete without it. */ -}}
metadata:
  labels:
    {{- template "labels" . }}
spec:
  containers:
    - name: istio-proxy
      image: {{ .ProxyImage }}
      args:
      - proxy
      - router
      {{- template "agent" . }}
  {{- template "pod" . }}
