import type { ControlPlane } from '../cluster/control-plane';
import { provisioner, storageClass } from './addons';
import { nodeName } from './kubelet';
import type { Machine } from './machine';

/** Folder of the disks on the machine: on a real disk. */
export const disksFolder = '/var/lib/disks';

const chosenNode = 'volume.kubernetes.io/selected-node';

interface Claim {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly accessModes: readonly string[];
    readonly resources: { readonly requests: { readonly storage: string } };
  };
  readonly status?: { readonly phase?: string };
}

interface Volume {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly storageClassName?: string };
  readonly status?: { readonly phase?: string };
}

/**
 * Makes a disk for every claim: a file system of exactly the claimed size, so that a full one is really full. Removes it
 * with the claim.
 */
export class Storage {
  private stopped = false;
  private readonly loop: Promise<void>;
  /** The last failure, for who waits in vain. */
  problem: unknown;

  constructor(
    private readonly plane: ControlPlane,
    private readonly machine: Machine,
  ) {
    this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.once();
      } catch (error) {
        this.problem = error; // An API server that is away is back for the next round.
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }

  private async once(): Promise<void> {
    const claims = await this.list<Claim>('persistentvolumeclaims');
    const volumes = await this.list<Volume>('persistentvolumes');
    const made = new Set(volumes.map(({ metadata }) => metadata.name));
    for (const claim of claims) {
      const ours =
        claim.spec.storageClassName === storageClass && claim.metadata.annotations?.[chosenNode] === nodeName;
      if (ours && claim.status?.phase === 'Pending' && !made.has(volumeOf(claim))) await this.make(claim);
    }
    for (const { metadata, spec, status } of volumes)
      if (spec.storageClassName === storageClass && status?.phase === 'Released') await this.remove(metadata.name);
  }

  private async list<Item>(kind: string): Promise<Item[]> {
    return (await this.plane.api.must<{ items: Item[] }>('GET', `/api/v1/${kind}`)).items;
  }

  private async make(claim: Claim): Promise<void> {
    const { metadata, spec } = claim;
    const name = volumeOf(claim);
    const folder = `${disksFolder}/${name}`;
    const size = bytesOf(spec.resources.requests.storage);
    const steps = [
      `mkdir -p ${folder}`,
      `truncate --size=${size} ${folder}.img`,
      `mkfs.ext4 -q -F -m 0 -E lazy_itable_init=1,lazy_journal_init=1,nodiscard ${folder}.img`,
      `mountpoint -q ${folder} || mount -o loop ${folder}.img ${folder}`,
    ];
    await this.machine.run(['sh', '-ec', steps.join('\n')]);
    await this.plane.api.must('POST', '/api/v1/persistentvolumes', {
      body: {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        // Without the annotation the controllers would try to remove it themselves, and fail.
        metadata: { name, annotations: { 'pv.kubernetes.io/provisioned-by': provisioner } },
        spec: {
          storageClassName: storageClass,
          capacity: { storage: spec.resources.requests.storage },
          accessModes: spec.accessModes,
          persistentVolumeReclaimPolicy: 'Delete',
          local: { path: folder },
          claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...metadata, annotations: undefined },
          nodeAffinity: {
            required: {
              nodeSelectorTerms: [
                { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [nodeName] }] },
              ],
            },
          },
        },
      },
    });
  }

  private async remove(name: string): Promise<void> {
    const folder = `${disksFolder}/${name}`;
    await this.machine.run([
      'sh',
      '-ec',
      `if mountpoint -q ${folder}; then umount ${folder}; fi; rm -rf ${folder} ${folder}.img`,
    ]);
    await this.plane.api.must('DELETE', `/api/v1/persistentvolumes/${name}`);
  }
}

const volumeOf = ({ metadata }: Claim): string => `pvc-${metadata.uid}`;

const units: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** Of a quantity in binary units, as all of the platform's disks are. */
function bytesOf(quantity: string): number {
  const [, number = '', unit = ''] = /^(\d+)(Ki|Mi|Gi|Ti)$/.exec(quantity) ?? [];
  const factor = units[unit];
  if (factor === undefined) throw new Error(`${quantity}: no size of a disk`);
  return Number(number) * factor;
}
