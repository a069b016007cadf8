import { nodeProgram, pythonProgram, shellProgram } from '../lib/bundle';

/** Programs that run from a ConfigMap, each bundled into one file. */
export interface Programs {
  readonly credentials: string;
  readonly minioProvision: string;
  readonly prefectBootstrap: string;
  readonly retraining: string;
}

export const loadPrograms = (): Programs => ({
  credentials: nodeProgram('credentials'),
  minioProvision: shellProgram('minio', 'provision'),
  prefectBootstrap: pythonProgram('prefect', 'bootstrap'),
  retraining: pythonProgram('prefect', 'retraining'),
});
