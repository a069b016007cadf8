/** What to know of an operator before it is put into a cluster that may have another one like it. */
export interface OperatorFacts {
  readonly name: string;
  /** The release that the facts are about: that of the pin. */
  readonly version: string;
  /** Last part of its image's name, in whatever registry. */
  readonly program: string;
  /** Minor versions of Kubernetes that its authors support. */
  readonly kubernetes: { readonly from: string; readonly to?: string };
  /** What to do where another one is there already. */
  readonly instead: string;
}

/** The operators of the platform. */
export const operators: readonly OperatorFacts[] = [
  {
    name: 'Istio',
    version: '1.17',
    program: 'pilot',
    // Istio's table of supported releases, in endoflife.date, products/istio.md; the lower bound also in istio 1.17.2,
    // istioctl/pkg/install/k8sversion/version.go
    kubernetes: { from: '1.23', to: '1.26' },
    instead: 'use it: services: { istio: { external: { url: … } } }; or remove it',
  },
  {
    name: 'Seldon Core',
    version: '1.16',
    program: 'seldon-core-operator',
    // seldon-core v1.16.0, doc/source/reference/upgrading.md
    kubernetes: { from: '1.23', to: '1.26' },
    instead: 'remove it; or leave ours out: services: { seldon: false }, and serve the models with yours',
  },
  {
    name: 'Prometheus operator',
    version: '0.62',
    program: 'prometheus-operator',
    // prometheus-operator v0.62.0, README.md, Prerequisites
    kubernetes: { from: '1.16' },
    instead: 'use it: services: { prometheus: { external: { url: … } } }; or remove it',
  },
];
