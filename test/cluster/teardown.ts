const notCovered = [
  'kubelets and container runtimes: no image is pulled, no container starts, no probe runs',
  'the scheduler and nodes: every Pod stays Pending; sizes are not tried against a capacity',
  'volumes: no provisioner binds a claim',
  'the network: Services, node ports, load balancers, Ingresses and cluster DNS',
  'admission webhooks of Istio and Seldon Core: their programs do not run inside the cluster',
];

/** Says at the end what a passed run does not show. */
export default function teardown(): void {
  process.stderr.write(`\nNot covered by test:cluster:\n${notCovered.map((line) => `  - ${line}\n`).join('')}\n`);
}
