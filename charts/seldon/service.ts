import { serviceNeeds } from '../../lib/config/rules/needs';
import { chartSource } from '../../lib/config/sections/charts';
import { installable } from '../../lib/config/sections/installable';
import { amd64, apache, docker, facts, nvidia } from '../../lib/images/declared';
import { declareService } from '../../lib/service/declaration';
import { checks, imageSpellings } from './checks';
import { customResources } from './custom-resources';

const version = '1.17.1'; // docker.io/seldonio/seldon-core-operator
const mlserver = '1.7.1'; // docker.io/seldonio/mlserver

// SeldonIO/seldon-core v1.17.1, operator/Makefile and those of executor, servers and components; issues 3295 and 4438.
const known = apache(amd64);

// SeldonIO/MLServer 1.7.1, .github/workflows/release.yml, Dockerfile and LICENSE
const knownOfMlserver = apache(amd64);

export default declareService({
  name: 'seldon',
  config: {
    services: {
      /**
       * Seldon Core, which serves the models. `false` leaves it out.
       * @default installed
       */
      seldon: installable({}),
    },
    charts: {
      /**
       * Chart of Seldon Core's operator.
       * @default the default above
       * @example 'upstream'
       */
      seldon: chartSource.optional(),
    },
  },
  needs: serviceNeeds('seldon', 'istio'),
  sizes: {
    seldonOperator: {
      laptop: [1, '50m', '500m', '128Mi', '300Mi'],
      team: [1, '100m', '500m', '200Mi', '300Mi'],
      production: [1, '200m', '1', '256Mi', '512Mi'],
      single: 'its webhook certificate lives in one process',
    },
    modelServer: {
      laptop: [1, '100m', '1', '512Mi', '2Gi'],
      team: [1, '250m', '2', '1Gi', '4Gi'],
      production: [2, '500m', '4', '2Gi', '8Gi'],
    },
    modelExecutor: {
      laptop: [1, '50m', '500m', '128Mi', '512Mi'],
      team: [1, '200m', '500m', '256Mi', '512Mi'],
      production: [1, '500m', '1', '512Mi', '1Gi'],
    },
  },
  images: {
    seldonOperator: docker('seldonio/seldon-core-operator', version, known),
    seldonExecutor: docker('seldonio/seldon-core-executor', version, known),
    // An rclone (components/rclone-storage-initializer/Dockerfile).
    seldonStorageInitializer: docker('seldonio/rclone-storage-initializer', version, facts('MIT', amd64)),
    mlflowServer: docker('seldonio/mlflowserver', version, known),
    mlserverMlflow: docker('seldonio/mlserver', `${mlserver}-mlflow`, knownOfMlserver),
    mlserverSklearn: docker('seldonio/mlserver', `${mlserver}-sklearn`, knownOfMlserver),
    mlserverXgboost: docker('seldonio/mlserver', `${mlserver}-xgboost`, knownOfMlserver),
    mlserverHuggingface: docker('seldonio/mlserver', `${mlserver}-huggingface`, knownOfMlserver),
    // triton-inference-server/server, release 2.73.0 and LICENSE. The image has NVIDIA's container licence (build.py).
    tritonServer: nvidia('nvidia/tritonserver', '26.09-py3', facts('BSD-3-Clause', 'unknown', 'NVIDIA terms')),
  },
  charts: {
    seldonCoreOperator: {
      bundled: 'seldon-core-operator',
      original: {
        name: 'seldon-core-operator',
        version,
        appVersion: version,
        repository: 'https://storage.googleapis.com/seldon-charts', // SeldonIO/seldon-core v1.17.1, doc/source/install
        licence: 'Apache-2.0',
        upkeep: 'Licensed Apache-2.0 up to this generation: since January 2024 the repository is under BSL 1.1.',
      },
    },
  },
  originalCharts: { podSecurity: 'baseline' },
  customResources,
  checks,
  imageSpellings,
  upgrades: [
    {
      section: 'Seldon Core 1.16.0 → 1.17.1, MLServer 1.3.0 → 1.7.1',
      from: /(^|\/)seldonio\/seldon-core-operator:1\.16\./,
      before: 'look at each model with server sklearn or xgboost, or with a pickle of an older scikit-learn',
    },
  ],
  operator: {
    name: 'Seldon Core',
    version: version.replace(/\.\d+$/, ''),
    program: 'seldon-core-operator',
    // seldon-core v1.17.1, doc/source/reference/upgrading.md
    kubernetes: { from: '1.23', to: '1.26' },
    instead: 'remove it; or leave ours out: services: { seldon: false }, and serve the models with yours',
  },
});
