import { equip } from '../loop/equipment';

/** Every lock file of the repository, and Kafka's jars for the tests of the detector. */
export const tools = [
  ...(['kafka', 'mlflow', 'modelInitializer', 'prefect'] as const),
  ...(['drift', 'driftDev', 'creditcard', 'creditcardDev', 'served', 'mlserver'] as const),
];

/** Installs and fetches them. */
export default async function setup(): Promise<void> {
  await equip(tools, (line) => void process.stderr.write(`${line}\n`));
}
