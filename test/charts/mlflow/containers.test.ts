import { parseConfig } from '../../../charts/config';
import { workersOf } from '../../../charts/mlflow/containers';

const size = { replicas: 1, cpu: '50m', cpuLimit: '1', memory: '512Mi', memoryLimit: '1Gi' };

test.each([
  ['one for each CPU', { cpuLimit: '3', memoryLimit: '8Gi' }, 3],
  ['one for a part of a CPU', { cpuLimit: '250m', memoryLimit: '8Gi' }, 1],
  ['no more than have 512 MiB each', { cpuLimit: '8', memoryLimit: '1300Mi' }, 2],
  ['at least one', { cpuLimit: '8', memoryLimit: '400Mi' }, 1],
])('MLflow has %s as workers', (_, limits, workers) => {
  expect(workersOf({ ...size, ...limits })).toBe(workers);
});

test.each([
  ['laptop', 1],
  ['team', 2],
  ['production', 2],
] as const)('the profile %s gives MLflow %d', (profile, workers) => {
  expect(workersOf(parseConfig({ cluster: { externalHost: '192.0.2.10' }, size: { profile } }).sizes.mlflow)).toBe(
    workers,
  );
});
