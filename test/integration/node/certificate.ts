import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheOf } from '../kept';

/** A certificate for the API server, which kubelets take from nobody else. */
export function kubeletClient(): { cert: string; key: string } {
  const folder = join(cacheOf('node'), 'certificates');
  const [key, cert] = [join(folder, 'client.key'), join(folder, 'client.crt')];
  mkdirSync(folder, { recursive: true });
  const how = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', cert];
  const what = ['-subj', '/O=system:masters/CN=kube-apiserver', '-addext', 'extendedKeyUsage=clientAuth', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...what, ...how], { stdio: 'pipe' });
  return { key, cert };
}
