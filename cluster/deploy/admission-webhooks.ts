import { groupOf } from '../../lib/kubernetes/object';
import { podTemplateOf, type KubernetesObject } from '../../lib/kubernetes/object';
import { definitionsIn, groupKindOf, type Plan } from './plan';

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs?: readonly string[];
}

interface Webhook {
  readonly clientConfig: { readonly service?: { readonly name: string; readonly namespace: string } };
  readonly rules?: readonly Rule[];
}

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/**
 * Finds the Deployments whose admission webhooks must accept a custom resource. There are two kinds: Deployments behind
 * the Service of a webhook configuration, and Deployments that register webhooks at startup, recognized by a
 * ServiceAccount that may write webhook configurations. The latter count for every resource that they may watch.
 */
export class AdmissionWebhooks {
  private readonly objects: readonly KubernetesObject[];
  private readonly definitions: ReturnType<typeof definitionsIn>;
  private readonly rules: readonly { readonly server: KubernetesObject; readonly rule: Rule }[];

  constructor(plan: Plan) {
    this.objects = plan.files.flatMap((file) => file.objects);
    this.definitions = definitionsIn(plan);
    this.rules = [...this.registered(), ...this.registering()];
  }

  /** The Deployments that must be available before an object can be applied; none for a built-in kind. */
  serversFor(object: KubernetesObject): KubernetesObject[] {
    const definition = this.definitions.get(groupKindOf(object));
    if (definition === undefined) return [];
    const servers = this.rules
      .filter(({ rule }) => covers(rule.apiGroups, definition.group) && covers(rule.resources, definition.plural))
      .map(({ server }) => server);
    return [...new Set(servers)];
  }

  private registered(): { server: KubernetesObject; rule: Rule }[] {
    const webhooks = this.objects
      .filter(({ kind }) => /^(Validating|Mutating)WebhookConfiguration$/.test(kind))
      .flatMap((object) => (object.webhooks ?? []) as readonly Webhook[]);
    return webhooks.flatMap(({ clientConfig, rules = [] }) =>
      this.behind(clientConfig.service).flatMap((server) => rules.map((rule) => ({ server, rule }))),
    );
  }

  private registering(): { server: KubernetesObject; rule: Rule }[] {
    return this.deployments().flatMap((server) => {
      const rules = this.rulesOf(server);
      if (!rules.some(writesWebhooks)) return [];
      return rules.filter(({ verbs }) => covers(verbs, 'watch')).map((rule) => ({ server, rule }));
    });
  }

  private behind(service: { readonly name: string; readonly namespace: string } | undefined): KubernetesObject[] {
    if (service === undefined) return [];
    const found = this.find('Service', service.namespace, service.name);
    const { selector } = (found?.spec ?? {}) as { selector?: Readonly<Record<string, string>> };
    if (selector === undefined) return [];
    return this.deployments().filter((deployment) => {
      const labels = podTemplateOf(deployment)?.metadata?.labels ?? {};
      return (
        deployment.metadata.namespace === service.namespace &&
        Object.entries(selector).every(([key, value]) => labels[key] === value)
      );
    });
  }

  /** RBAC rules of a Deployment's ServiceAccount, from the bindings in the plan. */
  private rulesOf(deployment: KubernetesObject): Rule[] {
    const { namespace } = deployment.metadata;
    const account = podTemplateOf(deployment)?.spec.serviceAccountName ?? 'default';
    return this.objects
      .filter(({ kind }) => kind === 'ClusterRoleBinding' || kind === 'RoleBinding')
      .filter((binding) =>
        ((binding.subjects ?? []) as readonly Subject[]).some(
          (subject) => subject.kind === 'ServiceAccount' && subject.name === account && subject.namespace === namespace,
        ),
      )
      .flatMap((binding) => {
        const { kind, name } = binding.roleRef as { kind: string; name: string };
        const role = this.find(kind, kind === 'Role' ? binding.metadata.namespace : undefined, name);
        return role?.rules ?? [];
      });
  }

  private deployments(): KubernetesObject[] {
    return this.objects.filter((object) => object.kind === 'Deployment' && groupOf(object) === 'apps');
  }

  private find(kind: string, namespace: string | undefined, name: string): KubernetesObject | undefined {
    return this.objects.find(
      ({ kind: found, metadata }) => found === kind && metadata.namespace === namespace && metadata.name === name,
    );
  }
}

const covers = (allowed: readonly string[] | undefined, value: string): boolean =>
  allowed?.some((item) => item === '*' || item === value) ?? false;

const writesWebhooks = ({ apiGroups, resources, verbs }: Rule): boolean =>
  covers(apiGroups, 'admissionregistration.k8s.io') &&
  ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'].some((name) => covers(resources, name)) &&
  ['create', 'update', 'patch'].some((verb) => covers(verbs, verb));
