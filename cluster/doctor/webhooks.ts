import { nameOf } from '../../lib/kubernetes/object';
import { about, type Finding } from './finding';
import type { ClusterFacts, WebhookConfiguration } from './facts';
import { isOurs, makerOf, type Platform } from './platform';

const { problem, warning } = about('webhooks');

/** External webhooks that must accept the manifests, and whose Service does not exist. */
export function examineWebhooks(platform: Platform, { webhooks, services }: ClusterFacts): Finding[] {
  if (webhooks === undefined || services === undefined) return [];
  const there = new Set(services.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`));
  return webhooks
    .filter((configuration) => !isOurs(platform, configuration))
    .flatMap((configuration) =>
      (configuration.webhooks ?? []).flatMap((webhook): Finding[] => {
        const { service } = webhook.clientConfig;
        // admissionregistration.k8s.io/v1: Fail is the default.
        if (service === undefined || webhook.failurePolicy === 'Ignore' || !coversPods(webhook)) return [];
        const place = `${service.namespace}/${service.name}`;
        if (there.has(place)) return [];
        const text = `${nameOf(configuration)} asks Service ${place} before any pod may be made, and there is no such Service`;
        const remedy = `install what it belongs to (${makerOf(configuration)}) again; or, if that is gone for good, kubectl delete ${configuration.kind.toLowerCase()} ${configuration.metadata.name}`;
        return [isSelective(webhook) ? warning(`${text}; it may spare our namespaces`, remedy) : problem(text, remedy)];
      }),
    );
}

type Webhook = NonNullable<WebhookConfiguration['webhooks']>[number];

const coversPods = ({ rules = [] }: Webhook): boolean =>
  rules.some(
    ({ apiGroups = [], resources = [] }) =>
      (apiGroups.includes('') || apiGroups.includes('*')) &&
      resources.some((resource) => ['pods', '*', '*/*', 'pods/*'].includes(resource)),
  );

const isSelective = ({ namespaceSelector = {}, objectSelector = {} }: Webhook): boolean =>
  Object.keys(namespaceSelector).length + Object.keys(objectSelector).length > 0;
