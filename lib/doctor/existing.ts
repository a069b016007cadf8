import type { LiveObject } from '../cluster/api';
import { isCrd } from '../helm/normalize';
import { nameOf } from '../kubernetes-object';
import { about, groupBy, some, type Finding } from './finding';
import type { ClusterFacts, WebhookConfiguration } from './facts';
import { isOurs, makerOf, type Platform } from './platform';

const { problem, warning, ok } = about('objects');

/** What is there under the names of the platform, but for definitions and namespaces, which others may share. */
export function examineExisting(platform: Platform, { existing }: ClusterFacts): Finding[] {
  const found = [...existing].filter(([object]) => !isCrd(object) && object.kind !== 'Namespace');
  const foreign = found.filter(([, live]) => !isOurs(platform, live));
  const going = found.filter(([, live]) => isOurs(platform, live) && live.metadata.deletionTimestamp !== undefined);
  const findings = [
    ...[...groupBy(foreign, ([, live]) => makerOf(live))].map(([maker, group]) =>
      problem(
        `${namesOf(group)} ${group.length === 1 ? 'is' : 'are'} there already, made by ${maker}`,
        'remove them, if nobody needs them; or give the platform another namespacePrefix, or leave out the service that makes them',
      ),
    ),
    ...(going.length === 0
      ? []
      : [
          warning(
            `${namesOf(going)} ${going.length === 1 ? 'is' : 'are'} being deleted`,
            'wait until they are gone: what is applied to them now goes with them',
          ),
        ]),
  ];
  if (findings.length > 0) return findings;
  return [ok(found.length === 0 ? 'none of the names is taken' : `${found.length} are there, all of this platform`)];
}

const namesOf = (group: readonly (readonly [Parameters<typeof nameOf>[0], LiveObject])[]): string =>
  some(group.map(([object]) => nameOf(object)));

/** Webhooks of others that must agree to what is applied, and that nobody answers for. */
export function examineWebhooks(platform: Platform, { webhooks, services }: ClusterFacts): Finding[] {
  if (webhooks === undefined || services === undefined) return [];
  const there = new Set(services.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`));
  return webhooks
    .filter((configuration) => !isOurs(platform, configuration))
    .flatMap((configuration) =>
      (configuration.webhooks ?? []).flatMap((webhook): Finding[] => {
        const { service } = webhook.clientConfig;
        // admissionregistration.k8s.io/v1: Fail is the default.
        if (service === undefined || webhook.failurePolicy === 'Ignore' || !judgesPods(webhook)) return [];
        const place = `${service.namespace}/${service.name}`;
        if (there.has(place)) return [];
        const text = `${nameOf(configuration)} asks Service ${place} before any pod may be made, and there is no such Service`;
        const remedy = `install what it belongs to (${makerOf(configuration)}) again; or, if that is gone for good, kubectl delete ${configuration.kind.toLowerCase()} ${configuration.metadata.name}`;
        return [isSelective(webhook) ? warning(`${text}; it may spare our namespaces`, remedy) : problem(text, remedy)];
      }),
    );
}

type Webhook = NonNullable<WebhookConfiguration['webhooks']>[number];

const judgesPods = ({ rules = [] }: Webhook): boolean =>
  rules.some(
    ({ apiGroups = [], resources = [] }) =>
      (apiGroups.includes('') || apiGroups.includes('*')) &&
      resources.some((resource) => ['pods', '*', '*/*', 'pods/*'].includes(resource)),
  );

const isSelective = ({ namespaceSelector = {}, objectSelector = {} }: Webhook): boolean =>
  Object.keys(namespaceSelector).length + Object.keys(objectSelector).length > 0;
