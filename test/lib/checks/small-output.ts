import { declaredBy, type Declared } from '../../../lib/checks/declared';
import type { Output } from '../../../lib/checks/output';
import type { ImageSources } from '../../../lib/images/sources';
import type { KubernetesObject } from '../../../lib/kubernetes/object';
import { Endpoint } from '../../../lib/graph/endpoint';

/** An object that a test may change at will. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests put wrong things where right ones belong
export type Loose = any;

/** An output in the making: small, correct, and free to be broken. */
export class Draft {
  readonly files = new Map<number, KubernetesObject[]>();
  readonly secrets: Loose[] = [];
  readonly connections: Loose[] = [];
  declared: Declared = declaredBy([]);
  pullSecrets: string[] = [];
  images: ImageSources = { chosen: [], built: [], isLocked: false };
  readonly external = {
    namespaces: new Set<string>(),
    secrets: [] as Loose[],
    clientNamespaces: new Set<string>(),
    tlsSecrets: new Set<string>(),
    storageClasses: new Set<string>(),
    apiGroups: new Set<string>(),
  };

  /** Adds an object with the labels that every object has. A text stands for `apiVersion Kind namespace/name`. */
  add(wave: number, identity: string, fields: Loose = {}): Loose {
    const [apiVersion = '', kind = '', name = ''] = identity.split(' ');
    const [first = '', second] = name.split('/');
    const object: Loose = {
      apiVersion,
      kind,
      ...fields,
      metadata: {
        ...(second === undefined ? { name: first } : { namespace: first, name: second }),
        ...fields.metadata,
        labels: { ...labels('web'), 'mlops-infra/platform': 'mlops', ...fields.metadata?.labels },
      },
    };
    this.files.set(wave, [...(this.files.get(wave) ?? []), object]);
    return object;
  }

  find(kind: string, name: string): Loose {
    const found = [...this.files.values()]
      .flat()
      .find((object) => object.kind === kind && object.metadata.name === name);
    if (found === undefined) throw new Error(`the output has no ${kind} ${name}`);
    return found;
  }

  remove(kind: string, name: string): void {
    const gone = this.find(kind, name);
    for (const [wave, objects] of this.files) {
      this.files.set(
        wave,
        objects.filter((object) => object !== gone),
      );
    }
  }

  /** The container of the Deployment. */
  get container(): Loose {
    return this.pod.containers[0];
  }

  get pod(): Loose {
    return this.find('Deployment', 'web').spec.template.spec;
  }

  get output(): Output {
    const { secrets, connections, pullSecrets, images, external, declared } = this;
    return {
      files: [...this.files].map(([wave, objects]) => ({ name: `${wave}-file.yaml`, wave, objects })),
      secrets,
      connections,
      domain: 'cluster.local',
      pullSecrets,
      images,
      external,
      declared,
    };
  }
}

export const labels = (name: string): Record<string, string> => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/instance': 'mlops',
  'app.kubernetes.io/part-of': 'mlops',
  'app.kubernetes.io/managed-by': 'mlops-infra',
});

/** A pod that no rule has anything to say about. */
export const goodPod = (name: string): Loose => ({
  metadata: { labels: { ...labels(name), app: name } },
  spec: {
    serviceAccountName: 'web',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name,
        image: 'registry.example.org/team/web:1.2.3',
        ports: [{ name: 'http', containerPort: 8080 }],
        readinessProbe: { httpGet: { path: '/', port: 'http' } },
        resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '1', memory: '128Mi' } },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        env: [
          { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'login', key: 'password' } } },
          { name: 'DATABASE', value: 'tcp://db-0.db.mlops-web.svc.cluster.local:5432' },
        ],
        envFrom: [{ configMapRef: { name: 'settings' } }],
        volumeMounts: [{ name: 'files', mountPath: '/files' }],
      },
    ],
    volumes: [{ name: 'files', configMap: { name: 'settings', items: [{ key: 'URL', path: 'url' }] } }],
  },
});

/** The definition of a custom resource that may have any field. */
export const crd = (draft: Draft, group: string, kind: string, version = 'v1'): Loose => {
  const plural = `${kind.toLowerCase()}s`;
  return draft.add(10, `apiextensions.k8s.io/v1 CustomResourceDefinition ${plural}.${group}`, {
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  });
};

/** A web server with settings, a login and a database: one of everything that rules look at. */
export function smallOutput(): Draft {
  const draft = new Draft();
  draft.add(0, 'v1 Namespace mlops-web', {
    metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  });
  draft.add(40, 'v1 ServiceAccount mlops-web/web', { automountServiceAccountToken: false });
  draft.add(40, 'v1 ConfigMap mlops-web/settings', { data: { URL: 'http://web.mlops-web.svc.cluster.local:80/' } });
  draft.add(40, 'v1 Service mlops-web/web', {
    spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  });
  draft.add(40, 'v1 Service mlops-web/db', {
    spec: { clusterIP: 'None', selector: { app: 'db' }, ports: [{ name: 'sql', port: 5432, targetPort: 'http' }] },
  });
  draft.add(40, 'apps/v1 Deployment mlops-web/web', {
    spec: { selector: { matchLabels: { app: 'web' } }, template: goodPod('web') },
  });
  const database = goodPod('db');
  database.spec.containers[0].ports[0].containerPort = 5432;
  database.spec.containers[0].volumeMounts.push({ name: 'data', mountPath: '/data' });
  draft.add(40, 'apps/v1 StatefulSet mlops-web/db', {
    spec: {
      serviceName: 'db',
      replicas: 1,
      selector: { matchLabels: { app: 'db' } },
      template: database,
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
    },
  });
  draft.secrets.push({ namespace: 'mlops-web', name: 'login', keys: { password: { random: 32 } } });
  draft.connections.push({
    from: { kind: 'Deployment', namespace: 'mlops-web', name: 'web' },
    to: new Endpoint('db.mlops-web.svc.cluster.local', 5432, 'postgresql'),
    purpose: 'rows',
  });
  return draft;
}
