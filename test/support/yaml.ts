import { writeYaml } from '../../lib/kubernetes/yaml';

/** A value that a snapshot shows as YAML, as dist/ does, so that it reads like the output. */
export class Yaml {
  constructor(readonly value: unknown) {}
}

expect.addSnapshotSerializer({
  test: (value: unknown) => value instanceof Yaml,
  serialize: (value: Yaml) => writeYaml(value.value).trimEnd(),
});

/** Compares a value with a snapshot in YAML. Fields that are undefined are left out. */
export function expectYaml(value: unknown): void {
  expect(new Yaml(JSON.parse(JSON.stringify(value)) as unknown)).toMatchSnapshot();
}
