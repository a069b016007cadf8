import { serviceSpec } from '../kubernetes/kube-service';
import { nameOf } from '../kubernetes/object';
import type { Rule } from './rule';

// The default of kube-apiserver's --service-node-port-range.
const lowest = 30000;
const highest = 32767;

/**
 * Every node port is one that the cluster can give, and is given once. None is left to chance: the API server takes any
 * that is free, and so perhaps the one that another Service asks for a moment later, which it then refuses.
 */
export const nodePortViolations: Rule = ({ objects }) => {
  const owners = new Map<string, string>();
  return objects.flatMap((object) => {
    if (object.kind !== 'Service') return [];
    const { type, ports = [], healthCheckNodePort } = serviceSpec(object);
    const open = type === 'NodePort' ? ports.filter(({ nodePort }) => nodePort === undefined) : [];
    const claims = [...ports, { nodePort: healthCheckNodePort, protocol: 'TCP' }];
    const unnumbered = open.map(
      ({ name, port }) =>
        `${nameOf(object)}: port ${name ?? port} gets any free node port (give it one, or leave it out)`,
    );
    const taken = claims.flatMap(({ nodePort, protocol = 'TCP' }) => {
      if (nodePort === undefined) return [];
      const name = nameOf(object);
      const owner = owners.get(`${nodePort}/${protocol}`);
      owners.set(`${nodePort}/${protocol}`, owner ?? name);
      return [
        ...(nodePort < lowest || nodePort > highest
          ? [`${name}: node port ${nodePort} is out of range (choose one from ${lowest} to ${highest})`]
          : []),
        ...(owner === undefined ? [] : [`${name}: node port ${nodePort} is that of ${owner} (choose another one)`]),
      ];
    });
    return [...unnumbered, ...taken];
  });
};
