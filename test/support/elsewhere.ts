import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Everything of another machine and its user that could find its way into a manifest; the home is made in a folder. */
export function elsewhere(folder: string): { cwd: string; env: Record<string, string> } {
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true });
  const kubeconfig = join(home, 'kubeconfig');
  const context = 'contexts: [{name: x, context: {namespace: other, cluster: x, user: x}}]';
  writeFileSync(kubeconfig, `apiVersion: v1\nkind: Config\ncurrent-context: x\n${context}\n`);
  return {
    cwd: home,
    env: {
      HOME: home,
      KUBECONFIG: kubeconfig,
      USER: 'nobody',
      HOSTNAME: 'elsewhere',
      TZ: 'Pacific/Kiritimati',
      LANG: 'tr_TR.UTF-8',
      LC_ALL: 'tr_TR.UTF-8',
      HELM_NAMESPACE: 'other',
      HELM_KUBECONTEXT: 'nowhere',
      HELM_DEBUG: 'true',
      XDG_CACHE_HOME: join(home, 'cache'),
      CDK8S_DISABLE_SORT: 'true',
      NODE_ENV: 'production',
    },
  };
}
