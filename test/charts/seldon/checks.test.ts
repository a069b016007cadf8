import seldon from '../../../charts/seldon/service';
import { accepts, finds } from '../../lib/checks/faults';
import { crd, type Draft, type Loose } from '../../lib/checks/small-output';

const model = (draft: Draft, predictor: Loose): void => {
  crd(draft, 'machinelearning.seldon.io', 'SeldonDeployment');
  const graph = { name: 'model', ...predictor.graph };
  draft.add(60, 'machinelearning.seldon.io/v1 SeldonDeployment mlops-web/model', {
    spec: { predictors: [{ name: 'default', ...predictor, graph }] },
  });
};

const requests = { cpu: '1', memory: '1Gi' };

finds(
  'Seldon',
  [
    [
      'the Secret of a model that nothing makes',
      (draft) => model(draft, { graph: { envSecretRefName: 'store' } }),
      'SeldonDeployment/mlops-web/model: envSecretRefName of model names Secret store, which nothing makes (declare a Credential in mlops-web)',
    ],
    [
      'the account of a step behind another one, and the Secret of the executor, that nothing makes',
      (draft) =>
        model(draft, {
          graph: { children: [{ name: 'next', serviceAccountName: 'gone' }] },
          svcOrchSpec: {
            env: [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'gone', key: 'a' } } }],
            resources: { requests, limits: requests },
          },
        }),
      'SeldonDeployment/mlops-web/model: serviceAccountName of next names ServiceAccount gone, which nothing makes (correct the name or add the object)',
      'SeldonDeployment/mlops-web/model: env KEY of container svcOrchSpec names Secret gone, which nothing makes (declare a Credential in mlops-web)',
    ],
    [
      'a model server and an executor without limits',
      (draft) =>
        model(draft, {
          svcOrchSpec: { resources: { requests, limits: { memory: '1Gi' } } },
          componentSpecs: [
            { spec: { containers: [{ name: 'model', resources: { requests, limits: { cpu: '1' } } }] } },
          ],
        }),
      'SeldonDeployment/mlops-web/model: container executor has no limit of cpu (say how much it may take)',
      'SeldonDeployment/mlops-web/model: container model has no limit of memory (say how much it may take)',
    ],
    [
      'the image of a model server, whose version is apart',
      (draft) =>
        (draft.find('ConfigMap', 'settings').data.servers =
          '{"A":{"v2":{"image":"docker.io/team/a","defaultImageVersion":"latest"}}}'),
      'ConfigMap/mlops-web/settings: data.servers is the image docker.io/team/a:latest, which changes under its tag (pin another one)',
    ],
    [
      'the image that fetches a model',
      (draft) => model(draft, { graph: { storageInitializerImage: 'docker.io/team/fetch' } }),
      'SeldonDeployment/mlops-web/model: spec.predictors.0.graph.storageInitializerImage is the image docker.io/team/fetch, which has no tag (pin one)',
    ],
  ],
  [seldon],
);

accepts(
  'Seldon',
  [
    [
      'a Service in front of the pods of a model, and its own Service in an address',
      (draft) => {
        model(draft, {});
        draft.add(40, 'v1 Service mlops-web/all', {
          spec: { selector: { 'seldon-deployment-id': 'model' }, ports: [{ port: 80, targetPort: 'http' }] },
        });
        draft.container.env.push({ name: 'MODEL', value: 'http://model-default.mlops-web.svc:8000/' });
      },
    ],
    [
      'a Service in front of models yet to come',
      (draft) =>
        draft.add(40, 'v1 Service mlops-web/all', {
          spec: { selector: { 'app.kubernetes.io/managed-by': 'seldon-core' }, ports: [{ port: 80 }] },
        }),
    ],
    [
      'the broker that the executor would log to',
      (draft) => draft.container.env.push({ name: 'LOGGER', value: 'http://default-broker' }),
    ],
  ],
  [seldon],
);
