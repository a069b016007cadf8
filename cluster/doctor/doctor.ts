import { ClusterApi } from '../api/api';
import { connect } from '../api/connect';
import { chosenTarget, openProxy, type ClusterChoice } from '../api/kubectl';
import { examine } from './examine';
import { about, type Finding } from './finding';
import { readCluster } from './cluster-reader';
import type { Platform } from './platform';

/** The findings about a cluster. */
export interface Diagnosis {
  /** Such as `context kind-mlops, https://127.0.0.1:6443`; undefined where no cluster is selected. */
  readonly cluster?: string;
  readonly findings: readonly Finding[];
}

/** Milliseconds for the whole diagnosis. What is missing by then could not be read. */
const patience = 60_000;

/** Examines the selected cluster. An unreachable cluster is a finding too. */
export async function diagnoseCluster(choice: ClusterChoice, platform: Platform): Promise<Diagnosis> {
  const stop = AbortSignal.timeout(patience);
  const { problem } = about('cluster');
  let target;
  try {
    target = await chosenTarget(choice);
  } catch (error) {
    return {
      findings: [problem((error as Error).message, 'see which clusters kubectl knows: kubectl config get-contexts')],
    };
  }
  const cluster = [target.name, ...(target.server === undefined ? [] : [target.server])].join(', ');
  const proxy = await openProxy(choice);
  const api = new ClusterApi(proxy.socket);
  try {
    let version;
    try {
      version = await connect(api, target, stop);
    } catch (error) {
      const remedy = 'see what kubectl says: kubectl cluster-info; nothing else could be looked at';
      return { cluster, findings: [problem((error as Error).message, remedy)] };
    }
    return { cluster, findings: examine(platform, await readCluster(api, version, platform, stop)) };
  } finally {
    api.close();
    proxy.close();
  }
}
