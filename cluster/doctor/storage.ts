import { claimSetsOf } from '../../lib/output/demand';
import { formatBytes } from '../../lib/kubernetes/quantity';
import { about, some, type Finding } from './finding';
import type { ClusterFacts, StorageClass } from './facts';
import type { Platform } from './platform';

const { problem, warning, ok } = about('storage');

/** kubernetes 1.36.3, pkg/apis/storage/util/helpers.go: the second one is still read. */
const defaultAnnotations = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

/**
 * Provisioner of a class whose volumes are created by hand (kubernetes, component-helpers,
 * storage/volume/pv_helpers.go).
 */
const byHand = 'kubernetes.io/no-provisioner';

/** Whether every volume has a StorageClass. */
export function examineStorage(
  { objects, customResources }: Platform,
  { storageClasses: live }: ClusterFacts,
): Finding[] {
  const claims = objects.flatMap((object) => claimSetsOf(object, customResources));
  if (claims.length === 0 || live === undefined) return [];
  const own = objects.filter(({ kind }) => kind === 'StorageClass') as unknown as StorageClass[];
  const ownNames = new Set(own.map(({ metadata }) => metadata.name));
  const classes = [...own, ...live.filter(({ metadata }) => !ownNames.has(metadata.name))];
  const wanted = [...new Set(claims.map(({ storageClass }) => storageClass))];
  const findings = wanted.flatMap((name) => (name === undefined ? ofDefault(classes) : ofNamed(name, classes)));
  if (findings.length > 0) return findings;
  const disk = claims.reduce((sum, { size, count }) => sum + size * count, 0);
  const names = wanted.map((name) => name ?? `${defaultsOf(classes)[0]?.metadata.name ?? ''}, the default class`);
  return [ok(`${formatBytes(disk)} of volumes, of ${names.join(' and ')}`)];
}

const defaultsOf = (classes: readonly StorageClass[]): StorageClass[] =>
  classes.filter(({ metadata }) => defaultAnnotations.some((name) => metadata.annotations?.[name] === 'true'));

function ofDefault(classes: readonly StorageClass[]): Finding[] {
  const [first, ...others] = defaultsOf(classes);
  if (first === undefined) {
    return [
      problem(
        `no StorageClass is the default, and the volumes name none (${classes.length === 0 ? 'there is none at all' : `there is ${namesOf(classes)}`})`,
        classes.length === 0
          ? 'install a provisioner of volumes; or write cluster: { nfs: { server: …, path: … } }'
          : `write cluster: { storageClass: '${classes[0]?.metadata.name ?? ''}' }; or make one the default: kubectl annotate storageclass NAME ${defaultAnnotations[0] ?? ''}=true`,
      ),
    ];
  }
  const several =
    others.length === 0
      ? []
      : [
          // Since 1.26 (kubernetes, KEP-3333).
          warning(
            `several StorageClasses are the default, ${namesOf([first, ...others])}: the newest of them gets the volumes`,
            "choose one: cluster: { storageClass: '…' }",
          ),
        ];
  return [...several, ...ofProvisioner(first)];
}

function ofNamed(name: string, classes: readonly StorageClass[]): Finding[] {
  const found = classes.find(({ metadata }) => metadata.name === name);
  if (found !== undefined) return ofProvisioner(found);
  return [
    problem(
      `there is no StorageClass ${name}`,
      classes.length === 0
        ? 'install a provisioner of volumes that makes it'
        : `write cluster: { storageClass: … } with one of: ${namesOf(classes)}`,
    ),
  ];
}

const ofProvisioner = ({ metadata: { name }, provisioner }: StorageClass): Finding[] =>
  provisioner === byHand
    ? [
        warning(
          `StorageClass ${name} makes no volumes by itself`,
          'make a PersistentVolume for each disk that npm run synth counts, or choose another class',
        ),
      ]
    : [];

const namesOf = (classes: readonly StorageClass[]): string => some(classes.map(({ metadata }) => metadata.name));
