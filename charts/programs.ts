import { nodeProgram, pythonProgram } from '../lib/programs';

/** The programs that run in the cluster as text in a ConfigMap, each as one file. */
export interface Programs {
  readonly credentials: string;
  readonly prefectBootstrap: string;
  readonly retraining: string;
}

export const loadPrograms = (): Programs => ({
  credentials: nodeProgram('credentials'),
  prefectBootstrap: pythonProgram('prefect', 'bootstrap'),
  retraining: pythonProgram('prefect', 'retraining'),
});
