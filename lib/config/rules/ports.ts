import { brokerPorts } from '../../../charts/kafka/kafka';
import type { PlatformConfig } from '../parse';
import { formatPath, isWritten, type Path } from '../path';
import { httpExposures } from './addresses';
import { brokerCount } from './kafka';
import { finding, type Finding, type Rule } from './rule';

interface NodePort {
  readonly port: number;
  /** What decides on the port. */
  readonly path: Path;
  /** The value there: another number where the port is derived from it. */
  readonly value: number;
  /** Whose port it is, in a message about another one. */
  readonly owner: string;
  /** The choice in brackets. */
  readonly advice: string;
  /** What else decides whether the port is taken at all. */
  readonly because: readonly Path[];
}

const chooseAnother = 'choose another one from 30000 to 32767';

/** Every node port that the config takes. */
function nodePorts(config: PlatformConfig, written: unknown): NodePort[] {
  const http = httpExposures(config).flatMap(({ path, external, expose }): NodePort[] => {
    if (expose.type !== 'nodePort') return [];
    const at = [...path, 'port'];
    const because = [[...path, 'type'], external];
    return [{ port: expose.port, path: at, value: expose.port, owner: formatPath(at), advice: chooseAnother, because }];
  });
  return [...http, ...kafkaPorts(config, written)];
}

function kafkaPorts({ services: { kafka }, sizes }: PlatformConfig, written: unknown): NodePort[] {
  if (kafka === false || kafka.external !== undefined || kafka.expose.type !== 'nodePort') return [];
  const { expose } = kafka;
  const path = ['services', 'kafka', 'expose'];
  const bootstrap = [...path, 'bootstrapPort'];
  const because = [[...path, 'type'], [...path, 'brokerPorts'], ...brokerCount(written)];
  const asWritten = (port: number, at: Path): NodePort => {
    return { port, path: at, value: port, owner: formatPath(at), advice: chooseAnother, because };
  };
  // More than three brokers are a problem of their own, and would make a long list of this one.
  const ports = brokerPorts(expose, Math.min(3, sizes.kafka.replicas));
  const brokers = ports.map((port, broker): NodePort => {
    if (expose.brokerPorts !== undefined) return asWritten(port, [...path, 'brokerPorts', broker]);
    const owner = `broker ${broker} of ${formatPath(bootstrap)}`;
    const advice = 'choose another bootstrapPort, or set brokerPorts';
    return { port, path: bootstrap, value: expose.bootstrapPort, owner, advice, because };
  });
  return [asWritten(expose.bootstrapPort, bootstrap), ...brokers];
}

/** Two Services cannot have the same node port, and a derived one can be out of range. */
export const nodePortsOnce: Rule = (config, { written, isSure }) => {
  // A default is nobody's choice: the one that was written is the one to change.
  const wasWritten = ({ path }: NodePort): boolean => isWritten(written, path);
  const all = nodePorts(config, written).filter(({ path, because }) => isSure(path, ...because));
  const taken = new Map<number, NodePort>();
  return [...all.filter((one) => !wasWritten(one)), ...all.filter(wasWritten)].flatMap((one): Finding[] => {
    const first = taken.get(one.port);
    taken.set(one.port, first ?? one);
    const derived =
      one.value === one.port ? '' : `${one.owner.replace(/ of .*/, '')} would get node port ${one.port}, `;
    if (one.port > 32767) {
      return [finding(one.path, one.value, `${derived}which is above 32767 (${one.advice})`, ...one.because)];
    }
    if (first === undefined) return [];
    const byDefault = wasWritten(first) ? '' : ' by default';
    const clash =
      derived === ''
        ? `${first.owner} already has this node port${byDefault}`
        : `${derived}which ${first.owner} already has${byDefault}`;
    const rule = `${clash} (${one.advice})`;
    return [finding(one.path, one.value, rule, ...one.because, first.path, ...first.because)];
  });
};
