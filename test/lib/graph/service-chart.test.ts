import { App, Chart } from 'cdk8s';
import { Connection, nameOfSubject, nameOfTarget } from '../../../lib/graph/connection';
import { Endpoint } from '../../../lib/graph/endpoint';
import { ServiceChart, Wave } from '../../../lib/graph/service-chart';

class Web extends ServiceChart {
  constructor(app: App, id: string, wave: Wave) {
    super(app, id, { wave, namespace: `space-${id}` });
    this.uses('Deployment/web', new Endpoint('db', 5432, 'postgresql'), 'rows');
    this.uses('Deployment/web', new Endpoint('db', 5433, 'postgresql'), 'more rows');
  }
}

test('services are ordered by wave and name, and their files are named by both', () => {
  const app = new App();
  new Web(app, 'b', Wave.Data);
  new Web(app, 'z', Wave.Namespaces);
  new Web(app, 'a', Wave.Data);
  new Chart(app, 'no-service');
  expect(ServiceChart.allIn(app).map(({ fileName }) => fileName)).toEqual(['00-z.yaml', '40-a.yaml', '40-b.yaml']);
});

test('connections are declared where they are used, with the namespace of the workload', () => {
  const app = new App();
  new Web(app, 'a', Wave.Data);
  const declared = Connection.allIn(app).map(({ from, to, purpose }) => [
    nameOfSubject(from),
    nameOfTarget(to),
    purpose,
  ]);
  expect(declared).toEqual([
    ['Deployment/space-a/web', 'db:5432', 'rows'],
    ['Deployment/space-a/web', 'db:5433', 'more rows'],
  ]);
});
