import { modelSeries, predictionsOf, predictorSeries } from './recordings';
import { shadowPredictor } from './predictor-names';
import type { Dashboard, Row } from '../../lib/graph/dashboard';

const one = 'deployment_name="$model"';

/** One model at a time, chosen at the top. */
export function modelDashboard(namespace: string): Dashboard {
  const requests = 'seldon_api_executor_server_requests_seconds';
  const all = `${predictionsOf(namespace)},${one}`;
  const toUsers = `${all},predictor_name!="${shadowPredictor}"`;
  const quantile = (part: number, selector: string, by = 'le'): string =>
    `histogram_quantile(${part}, sum by (${by}) (rate(${requests}_bucket{${selector}}[5m])))`;
  const each = '{{predictor_name}}';
  return {
    uid: 'mlops-model',
    title: 'Model',
    variable: { label: 'deployment_name', metric: modelSeries.rate },
    rows: [
      {
        title: 'Predictions',
        panels: [
          {
            title: 'By answer',
            unit: 'reqps',
            queries: { [`sum by (code) (rate(${requests}_count{${toUsers}}[5m]))`]: '{{code}}' },
          },
          {
            title: 'Share that fails',
            unit: 'percentunit',
            queries: {
              [`${modelSeries.errorRatio}{${one}}`]: 'failed',
              [`${modelSeries.refusedRatio}{${one}}`]: 'refused',
            },
          },
          {
            title: 'Time to answer',
            unit: 's',
            queries: {
              [quantile(0.5, toUsers)]: 'half',
              [quantile(0.95, toUsers)]: '95 of 100',
              [quantile(0.99, toUsers)]: '99 of 100',
            },
          },
        ],
      },
      {
        title: 'Model, canary and shadow beside each other',
        panels: [
          { title: 'Requests', unit: 'reqps', queries: { [`${predictorSeries.rate}{${one}}`]: each } },
          {
            title: 'Share that fails',
            unit: 'percentunit',
            queries: { [`${predictorSeries.errorRate}{${one}} / ${predictorSeries.rate}{${one}}`]: each },
          },
          {
            title: '95 of 100 take at most',
            unit: 's',
            queries: { [quantile(0.95, all, 'predictor_name, le')]: each },
          },
        ],
      },
      {
        title: 'Inside',
        panels: [
          {
            title: 'Time of each step',
            unit: 's',
            queries: {
              [`sum by (predictor_name, model_name) (rate(seldon_api_executor_client_requests_seconds_sum{namespace="${namespace}",${one}}[5m])) / sum by (predictor_name, model_name) (rate(seldon_api_executor_client_requests_seconds_count{namespace="${namespace}",${one}}[5m]))`]:
                '{{predictor_name}} {{model_name}}',
            },
          },
          {
            title: 'Pods that serve',
            queries: {
              [`${predictorSeries.available}{${one}}`]: `${each}: ready`,
              [`${predictorSeries.wanted}{${one}}`]: `${each}: wanted`,
            },
          },
        ],
      },
    ],
  };
}

/** The row of the models on the platform's dashboard. */
export const modelsRow: Row = {
  title: 'Models',
  panels: [
    { title: 'Predictions', unit: 'reqps', queries: { [modelSeries.rate]: '{{deployment_name}}' } },
    {
      title: 'Share that fails',
      unit: 'percentunit',
      queries: { [modelSeries.errorRatio]: '{{deployment_name}}' },
    },
    {
      title: '95 of 100 take at most',
      unit: 's',
      queries: { [modelSeries.p95]: '{{deployment_name}}' },
    },
  ],
};
