import { objectPath, type Kind } from '../api/kinds';
import { platformLabel } from '../../lib/kubernetes/labels';
import { fieldManager } from './rejection';
import { emptyInventory, inventoryData, readInventory, type Inventory } from './inventory';
import { recordName, recordsNamespace } from './lock';
import type { Session } from './session';

const configMaps: Kind = { group: '', version: 'v1', kind: 'ConfigMap', resource: 'configmaps', namespaced: true };

/** The inventory of a platform, in a ConfigMap beside its lock. */
export class Records {
  private readonly path: string;

  constructor(
    private readonly session: Session,
    private readonly platform: string,
  ) {
    this.path = objectPath(configMaps, recordsNamespace, recordName(platform));
  }

  async read(): Promise<Inventory> {
    const found = await this.session.get(configMaps, recordsNamespace, recordName(this.platform));
    return found === undefined
      ? emptyInventory
      : readInventory(found as { readonly data?: Readonly<Record<string, string>> });
  }

  async write(inventory: Inventory): Promise<void> {
    const labels = { 'app.kubernetes.io/managed-by': 'mlops-infra', [platformLabel]: this.platform };
    const metadata = { name: recordName(this.platform), namespace: recordsNamespace, labels };
    const options = {
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: inventoryData(inventory) },
      contentType: 'application/apply-patch+yaml',
      query: { fieldManager, force: 'true' },
    };
    await this.session.persist(() => this.session.write('PATCH', this.path, options));
  }
}
