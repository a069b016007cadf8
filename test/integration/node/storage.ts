import type { ControlPlane } from '../cluster/control-plane';
import { provisioner, storageClass } from './addons';
import { growDisk } from './grow';
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
  readonly status?: { readonly phase?: string; readonly capacity?: { readonly storage: string } };
}

interface Volume {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly storageClassName?: string };
  readonly status?: { readonly phase?: string };
}

/**
 * Makes a disk for every claim: a file system of exactly the claimed size, so that a full one is really full. Lets it grow
 * with the claim, and removes it after it.
 */
export class Storage {
  private stopped = false;
  private readonly loop: Promise<void>;
  /** What has gone wrong, so that it is told once. */
  private readonly problems = new Set<string>();

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

  /** Fills the disk of a claim. @param spare what is left of it, in percent */
  async fill(uid: string, spare: number): Promise<void> {
    const folder = folderOf({ uid });
    const file = `${folder}/${filler}`;
    const steps = [
      `set -- $(df --output=avail,size --block-size=1 '${folder}' | tail -1)`,
      // Most of it is only reserved.
      `fallocate --offset $(stat --format %s '${file}' 2> /dev/null || echo 0) --length $(($1 - $2 * ${spare} / 100)) '${file}' || true`,
      ...(spare === 0 ? [`cat /dev/zero >> '${file}' 2> /dev/null || true`] : []),
    ];
    await this.machine.run(['sh', '-c', steps.join('\n')]);
  }

  /** Takes away what `fill` has put there. */
  async free(uid: string): Promise<void> {
    await this.machine.run(['rm', '-f', `${folderOf({ uid })}/${filler}`]);
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      // An API server that is away is back for the next round.
      await this.once().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }

  private async once(): Promise<void> {
    const claims = (await this.list<Claim>('persistentvolumeclaims')).filter(isOurs);
    const volumes = (await this.list<Volume>('persistentvolumes')).filter(isOurs);
    const made = new Set(volumes.map(({ metadata }) => metadata.name));
    for (const claim of claims) {
      const { phase, capacity } = claim.status ?? {};
      const wanted = claim.spec.resources.requests.storage;
      if (phase === 'Pending' && claim.metadata.annotations?.[chosenNode] === nodeName && !made.has(volumeOf(claim)))
        await this.attempt(claim.metadata.name, () => this.make(claim));
      else if (capacity !== undefined && bytesOf(wanted) > bytesOf(capacity.storage))
        await this.attempt(claim.metadata.name, () => this.grow(claim));
    }
    for (const { metadata, status } of volumes)
      if (status?.phase === 'Released') await this.attempt(metadata.name, () => this.remove(metadata.name));
  }

  /** One disk that fails keeps no other one back; it is tried again in the next round. */
  private async attempt(name: string, step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      const problem = `Disk of ${name}: ${(error as Error).message}\n`;
      if (!this.problems.has(problem)) process.stderr.write(problem);
      this.problems.add(problem);
    }
  }

  private async list<Item>(kind: string): Promise<Item[]> {
    return (await this.plane.api.must<{ items: Item[] }>('GET', `/api/v1/${kind}`)).items;
  }

  private async make(claim: Claim): Promise<void> {
    const { metadata, spec } = claim;
    const name = volumeOf(claim);
    const folder = folderOf(metadata);
    const size = bytesOf(spec.resources.requests.storage);
    const steps = [
      `mountpoint -q ${folder} && exit 0`,
      `mkdir -p ${folder}`,
      `truncate --size=${size} ${folder}.img`,
      `mkfs.ext4 -q -F -m 0 -E lazy_itable_init=1,lazy_journal_init=1,nodiscard ${folder}.img`,
      `mount -o loop ${folder}.img ${folder}`,
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

  private async grow({ metadata, spec }: Claim): Promise<void> {
    const { namespace, name } = metadata;
    const capacity = { storage: spec.resources.requests.storage };
    await growDisk(this.machine, folderOf(metadata), bytesOf(capacity.storage));
    const patch = (path: string, body: object): Promise<unknown> =>
      this.plane.api.must('PATCH', `/api/v1/${path}`, { contentType: 'application/merge-patch+json', body });
    await patch(`persistentvolumes/${volumeOf({ metadata })}`, { spec: { capacity } });
    await patch(`namespaces/${namespace}/persistentvolumeclaims/${name}/status`, { status: { capacity } });
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

/** File that fills a disk. */
const filler = 'filler';

const isOurs = ({ spec }: Claim | Volume): boolean => spec.storageClassName === storageClass;
const volumeOf = ({ metadata }: Pick<Claim, 'metadata'>): string => `pvc-${metadata.uid}`;
const folderOf = ({ uid }: { readonly uid: string }): string => `${disksFolder}/pvc-${uid}`;

const units: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** Of a quantity in binary units, as all of the platform's disks are. */
function bytesOf(quantity: string): number {
  const [, number = '', unit = ''] = /^(\d+)(Ki|Mi|Gi|Ti)$/.exec(quantity) ?? [];
  const factor = units[unit];
  if (factor === undefined) throw new Error(`${quantity}: no size of a disk`);
  return Number(number) * factor;
}
