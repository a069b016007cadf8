import { join } from 'node:path';
import { find } from '../loop/equipment';
import type { Project } from './project';

/** The detector, beside the broker and the registry that its tests can use. */
export const drift: Project = {
  folder: 'programs/drift',
  tool: 'driftDev',
  neighbours: () => {
    const [kafka, mlflow] = [find('kafka'), find('mlflow')];
    return {
      ...('folder' in kafka && { DRIFT_TEST_KAFKA_JARS: kafka.folder }),
      ...('folder' in mlflow && { DRIFT_TEST_MLFLOW: join(mlflow.folder, 'mlflow') }),
    };
  },
  alsoLinted: ['../mlflow', '../../test/integration/loop/python', '../../test/integration/node/python'],
};
