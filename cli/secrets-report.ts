import type { PlatformConfig } from '../charts/config';
import type { State } from '../cluster/secrets/ages';
import type { Managed } from '../cluster/secrets/managed';
import { commandsFor, describeRotation, refusalOf } from '../cluster/secrets/plan';
import { nameOf as objectName } from '../lib/kubernetes/object';
import { colors as pc } from './colors';

/** A Secret as it is listed. */
export interface Described {
  /** `namespace/name` */
  readonly name: string;
  readonly keys: readonly string[];
  readonly madeBy: string;
  readonly state: string;
  /** Secrets with values from it. */
  readonly copiedTo: readonly string[];
  readonly usedBy: readonly string[];
  /** Why it cannot be rotated, or what rotating does. */
  readonly rotating: readonly string[];
}

export function describe(
  { secrets: { mode } }: Pick<PlatformConfig, 'secrets'>,
  managed: Managed,
  all: readonly Managed[],
  states: ReadonlyMap<string, State>,
): Described {
  const { spec, derived, users } = managed;
  const name = nameOf(spec);
  const refusal = refusalOf(managed, all);
  return {
    name,
    keys: Object.keys(spec.keys).sort(),
    madeBy: makers[mode],
    state: stateText(states.get(name)),
    copiedTo: derived.map(nameOf),
    usedBy: users.map(({ object }) => objectName(object)),
    rotating: refusal === undefined ? describeRotation(managed) : [refusal],
  };
}

const makers: Readonly<Record<PlatformConfig['secrets']['mode'], string>> = {
  generated: 'the credentials Job',
  existing: 'you',
  externalSecrets: 'the External Secrets Operator, from your store',
};

const nameOf = ({ namespace, name }: Managed['spec']): string => `${namespace}/${name}`;

const day = 24 * 3_600_000;

function stateText(state: State | undefined): string {
  if (state === undefined) return 'no cluster was asked';
  if (state.kind !== 'there')
    return state.kind === 'missing' ? 'not in the cluster' : 'in the cluster, where you may not read it';
  const days = Math.floor(state.age / day);
  const age = days === 0 ? 'values of today' : `values of ${days} ${days === 1 ? 'day' : 'days'} ago`;
  return state.rotating === undefined
    ? age
    : `${age}; a rotation began at ${state.rotating}: run it again to complete it`;
}

export const formatSecrets = (secrets: readonly Described[]): string =>
  secrets
    .map(({ name, keys, madeBy, state, copiedTo, usedBy, rotating }) =>
      [
        `${pc.bold(name)}  ${pc.dim(state)}`,
        `  made by    ${madeBy}`,
        `  keys       ${keys.join(', ')}`,
        ...(copiedTo.length === 0 ? [] : [`  copied to  ${copiedTo.join(', ')}`]),
        // Pods that Prefect's worker makes are in no manifest.
        `  used by    ${usedBy.length === 0 ? 'pods that are made later, such as flow runs' : usedBy.join(', ')}`,
        ...rotating.map((line, index) => `  ${index === 0 ? 'rotating  ' : '          '} ${line}`),
      ].join('\n'),
    )
    .join('\n\n');

/** Throws an error for the user where the Secret is the user's, with what to do instead. */
export function refuseForeign({ secrets: { mode } }: Pick<PlatformConfig, 'secrets'>, managed: Managed): void {
  if (mode === 'generated') return;
  const { spec, derived } = managed;
  const names = [spec, ...derived].map(nameOf);
  throw new Error(
    [
      `${nameOf(spec)} is yours: secrets.mode is ${JSON.stringify(mode)}, so nothing here changes it.`,
      mode === 'existing'
        ? `Write new values into ${names.join(', ')} (npm run synth says which keys hold the same), then run:`
        : `Write new values into your store. When the operator has fetched them for ${names.join(', ')}, run:`,
      ...commandsFor(managed).map((command) => `  ${command}`),
    ].join('\n'),
  );
}
