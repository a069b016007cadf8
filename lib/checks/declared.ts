import type { ImageSpelling } from '../images/spelling';
import { CustomResources, type CustomResource } from '../kubernetes/custom-resource';
import type { Service } from '../kubernetes/kube-service';
import type { Labels } from '../kubernetes/selection';
import type { Workload } from '../kubernetes/workload';
import type { Power } from './powers';

/** What a service says of itself for the rules over the output; each list adds to those of the other services. */
export interface CheckFacts {
  /** What its workloads may do that the rules for pods forbid. @default nothing */
  readonly podExceptions?: readonly PodException[];
  /** What its objects may do that the rule for grants forbids. @default nothing */
  readonly grantExceptions?: readonly GrantException[];
  /** Labels of pods that users start themselves later on: what selects them may select nothing yet. @default none */
  readonly laterPods?: readonly Labels[];
  /** Services that its operator keeps because a workload tells it to, such as by a flag. @default none */
  readonly keptServices?: readonly ((workload: Workload) => Service[])[];
  /** Names of ConfigMaps that it puts into each namespace while it runs. @default none */
  readonly madeConfigMaps?: readonly string[];
  /** Keys of its Secrets whose content is no secret. @default none */
  readonly harmlessKeys?: readonly HarmlessKey[];
  /** Names of variables whose value looks random, and is public. @default none */
  readonly publicVariables?: readonly string[];
  /** Schemes of URLs whose host is looked up in DNS, without a driver such as `+asyncpg`. @default none beside HTTP */
  readonly urlSchemes?: readonly string[];
  /** Objects with addresses that those who read them do not connect to. @default none */
  readonly unusedAddresses?: readonly UnusedAddresses[];
  /** Hosts without a dot that stand in URLs and are no Services. @default none */
  readonly shortHosts?: readonly string[];
}

/** What a workload may do that the rules for pods forbid, and why it must. */
export interface PodException {
  /** Kind and name. */
  readonly workload: string;
  /** Controls of the restricted Pod Security Standard, by their ids. @default none */
  readonly controls?: readonly string[];
  /** Whether its containers may run without readiness and liveness probes. @default false */
  readonly withoutProbes?: boolean;
  readonly reason: string;
}

/** A power that some objects have, and why they must. */
export interface GrantException {
  /** Kind and name; a `*` at the end stands for any rest. @default none, the exception is for an original chart */
  readonly of?: string;
  /** Name of the original chart whose objects all have it. @default none of them */
  readonly chart?: string;
  readonly powers: readonly Power[];
  readonly reason: string;
}

/** Addresses that nobody connects to who reads the object. */
export interface UnusedAddresses {
  /** Kind and name of the object. */
  readonly object: string;
  /** Title of the pods by labels that connect to them instead. @default none do */
  readonly usedBy?: string;
  readonly reason: string;
}

/** A key of a Secret whose content is no secret, whatever the Secret's name. */
export interface HarmlessKey {
  readonly key: string;
  /** What is wrong with a content, such as `holds the field password (read it from a file instead)`. */
  readonly problem: (content: string) => string | undefined;
}

/** What all services declare of themselves for the output, whatever the config says. */
export interface Declared {
  readonly customResources: CustomResources;
  readonly checks: Required<CheckFacts>;
  readonly imageSpellings: readonly ImageSpelling[];
}

/** The part of a service's declaration that is about the output. */
export interface OutputDeclaration {
  /** Custom resources that its operators act on. @default none */
  readonly customResources?: readonly CustomResource[];
  /** What the rules must know of it. @default nothing */
  readonly checks?: CheckFacts;
  /** How its configuration names images where it does not write each as one text. @default it does */
  readonly imageSpellings?: readonly ImageSpelling[];
}

/** Puts together what services declare. */
export function declaredBy(services: readonly OutputDeclaration[]): Declared {
  const facts = services.flatMap(({ checks }) => checks ?? []);
  return {
    customResources: new CustomResources(services.flatMap(({ customResources = [] }) => customResources)),
    checks: {
      podExceptions: facts.flatMap(({ podExceptions = [] }) => podExceptions),
      grantExceptions: facts.flatMap(({ grantExceptions = [] }) => grantExceptions),
      laterPods: facts.flatMap(({ laterPods = [] }) => laterPods),
      keptServices: facts.flatMap(({ keptServices = [] }) => keptServices),
      madeConfigMaps: facts.flatMap(({ madeConfigMaps = [] }) => madeConfigMaps),
      harmlessKeys: facts.flatMap(({ harmlessKeys = [] }) => harmlessKeys),
      publicVariables: facts.flatMap(({ publicVariables = [] }) => publicVariables),
      urlSchemes: facts.flatMap(({ urlSchemes = [] }) => urlSchemes),
      unusedAddresses: facts.flatMap(({ unusedAddresses = [] }) => unusedAddresses),
      shortHosts: facts.flatMap(({ shortHosts = [] }) => shortHosts),
    },
    imageSpellings: services.flatMap(({ imageSpellings = [] }) => imageSpellings),
  };
}
