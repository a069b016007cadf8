import { join } from 'node:path';
import { find } from '../loop/equipment';
import { checked } from './project';

const kafka = (): Record<string, string> => {
  const found = find('kafka');
  return 'missing' in found ? {} : { DRIFT_TEST_KAFKA_JARS: found.folder };
};
const mlflow = (): Record<string, string> => {
  const found = find('mlflow');
  return 'missing' in found ? {} : { DRIFT_TEST_MLFLOW: join(found.folder, 'mlflow') };
};

checked({
  folder: 'drift',
  tool: 'driftDev',
  neighbours: () => ({ ...kafka(), ...mlflow() }),
  alsoLinted: ['../test/loop/python'],
});
