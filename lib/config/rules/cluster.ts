import { finding, type Rule } from './rule';

const storageClassOnce: Rule = ({ cluster: { nfs, storageClass } }) => {
  if (nfs === undefined || storageClass === undefined || storageClass === nfs.storageClass) return [];
  const rule = `differs from cluster.nfs.storageClass, "${nfs.storageClass}" (remove one of the two)`;
  return [finding(['cluster', 'storageClass'], storageClass, rule, ['cluster', 'nfs', 'storageClass'])];
};

export const clusterRules: readonly Rule[] = [storageClassOnce];
