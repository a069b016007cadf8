import type { CheckFacts } from '../../lib/checks/declared';
import type { Rule } from '../../lib/checks/rule';
import type { Labels } from '../../lib/kubernetes/selection';
import { selectsNothing } from '../../lib/checks/selectors';
import type { ImageSpelling } from '../../lib/images/spelling';
import { groupOf, nameOf } from '../../lib/kubernetes/object';

const group = 'networking.istio.io';

/**
 * Every Gateway selects pods, which Istio looks for in every namespace (istio 1.31,
 * PILOT_SCOPE_GATEWAY_TO_NAMESPACE is off). Those of an Istio of the user nobody can look up.
 */
export const gatewayViolations: Rule = (index) =>
  index.output.external.apiGroups.has(group)
    ? []
    : index.objects
        .filter((object) => object.kind === 'Gateway' && groupOf(object) === group)
        .flatMap((gateway) => {
          const { selector: matchLabels } = gateway.spec as { readonly selector?: Labels };
          return selectsNothing(index, { matchLabels }).map((problem) => `${nameOf(gateway)}: ${problem}`);
        });

/** What the rules over the output must know of Istio. */
export const checks: CheckFacts = {
  // istiod puts it into each namespace (istio, pilot/pkg/serviceregistry/kube/controller/namespacecontroller.go).
  madeConfigMaps: ['istio-ca-root-cert'],
  grantExceptions: [
    {
      of: 'ClusterRole/istiod-clusterrole-*',
      powers: ['wildcard', 'secrets', 'webhooks'],
      reason:
        'istiod reads all of its own kinds, and certificates of gateways in any namespace; it fills in its webhook',
    },
    {
      chart: 'istiod',
      powers: ['wildcard', 'secrets', 'webhooks', 'pods'],
      reason: 'injects sidecars, deploys gateways of the Gateway API, and joins clusters',
    },
  ],
};

/** How Istio's original charts and their injector name images. */
export const imageSpellings: readonly ImageSpelling[] = [
  // In gateway pods, filled in by istiod's injection (istio 1.31, manifests/charts/gateway).
  { placeholder: 'auto' },
  // The proxies of injected pods, unless a whole image is beside hub and tag.
  {
    join: ({ hub, tag, image, proxy }) => {
      const whole = [image, (proxy as { readonly image?: unknown } | undefined)?.image];
      if (typeof hub !== 'string' || whole.some((one) => String(one).includes('/'))) return undefined;
      return `${hub}/proxyv2${typeof tag === 'string' ? `:${tag}` : ''}`;
    },
  },
];
