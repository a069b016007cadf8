import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeYaml } from '../../../lib/kubernetes/yaml';
import type { KubernetesObject } from '../../../lib/kubernetes/object';
import { platformLabel } from '../../../lib/kubernetes/labels';
import { projectRoot } from '../../../lib/project';
import { nodeArguments } from '../../support/cli';
import type { ControlPlane } from './control-plane';

export interface Result {
  readonly code: number | null;
  /** Both streams, in the order in which they were written. */
  readonly text: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly text: () => string;
  readonly end: Promise<Result>;
}

/** Starts what `npm run deploy` starts. */
export function startDeploy(kubeconfig: string, args: readonly string[]): Running {
  const child = spawn(process.execPath, nodeArguments('deploy', ['--kubeconfig', kubeconfig, ...args]), {
    cwd: projectRoot,
    env: { ...process.env, NO_COLOR: '1', KUBECONFIG: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const end = new Promise<Result>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, text }));
  });
  return { child, text: () => text, end };
}

type Files = Readonly<Record<string, readonly KubernetesObject[]>>;

/** The manifests of a small platform with one namespace, both of the same name. */
export class Small {
  private readonly folder: string;

  constructor(
    private readonly cluster: ControlPlane,
    readonly name: string,
  ) {
    this.folder = cluster.path(`dist-${name}`);
  }

  object(apiVersion: string, kind: string, name: string, fields: object = {}, namespaced = true): KubernetesObject {
    const place = namespaced ? { namespace: this.name } : {};
    return { apiVersion, kind, metadata: { name, ...place, labels: { [platformLabel]: this.name } }, ...fields };
  }

  get namespace(): KubernetesObject {
    return this.object('v1', 'Namespace', this.name, {}, false);
  }

  configMap(name: string, data: object = { key: 'value' }): KubernetesObject {
    return this.object('v1', 'ConfigMap', name, { data });
  }

  claim(name: string, storage = '1Gi'): KubernetesObject {
    const resources = { requests: { storage } };
    return this.object('v1', 'PersistentVolumeClaim', name, { spec: { accessModes: ['ReadWriteOnce'], resources } });
  }

  workload(kind: 'Deployment' | 'StatefulSet', name: string, spec: object = {}): KubernetesObject {
    const labels = { app: name };
    const containers = [{ name: 'main', image: 'registry.example.org/none:1' }];
    const template = { metadata: { labels }, spec: { containers } };
    return this.object('apps/v1', kind, name, { spec: { selector: { matchLabels: labels }, template, ...spec } });
  }

  /** Replaces all manifests. */
  write(files: Files): this {
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
    for (const [name, objects] of Object.entries({ '00-namespaces.yaml': [this.namespace], ...files })) {
      writeFileSync(join(this.folder, name), objects.map(writeYaml).join('---\n'));
    }
    return this;
  }

  start(...args: string[]): Running {
    return startDeploy(this.cluster.kubeconfig, ['--out', this.folder, ...args]);
  }

  deploy(...args: string[]): Promise<Result> {
    return this.start(...args).end;
  }

  /** Names of what is in the namespace. */
  async names(kinds: string): Promise<string[]> {
    const { items } = await this.cluster.json<{ items: KubernetesObject[] }>(
      'get',
      kinds,
      '-n',
      this.name,
      '-l',
      platformLabel,
    );
    return items.map(({ metadata }) => metadata.name);
  }

  async inventory(): Promise<string> {
    const { data } = await this.cluster.json<{ data: { objects: string } }>(
      'get',
      'configmap',
      `mlops-infra-${this.name}`,
    );
    return data.objects;
  }

  async lease(): Promise<object | undefined> {
    const { code, stdout } = await this.cluster.kubectl(['get', 'lease', `mlops-infra-${this.name}`, '-o', 'json']);
    return code === 0 ? (JSON.parse(stdout) as object) : undefined;
  }
}
