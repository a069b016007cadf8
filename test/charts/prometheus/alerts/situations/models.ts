import { longName } from '../platform';
import { always, model, named, replaced, requests, rising, type Situations } from './series';

const seconds = (le: string, name: string, predictor: string): string =>
  `seldon_api_executor_server_requests_seconds_bucket{service="predictions",code="200",le="${le}",namespace="mlops-models",instance="a",deployment_name="${name}",predictor_name="${predictor}"}`;
/** All of 60 requests a minute within a time. */
const within = (limit: string, shorter: string, name = model, predictor = 'default') => ({
  [seconds(shorter, name, predictor)]: rising(0),
  [seconds(limit, name, predictor)]: rising(60),
  [seconds('+Inf', name, predictor)]: rising(60),
  [requests('200', name, predictor)]: rising(60),
});
/** After 51 and after 54 minutes. */
const two = '0x50 1 1 1 2+0x78';

const deploymentOf = (predictor: string, name = model): string => `${name}-${predictor}-0-pod`;
const deployment = (metric: string, name: string, instance = 'ksm-1'): string =>
  `kube_deployment_${metric}{namespace="mlops-models",deployment="${name}",instance="${instance}"}`;
/** A Deployment made at time 0, and how many of its pods are ready. */
const pods = (name: string, ready: string, minutes = 130) => ({
  [deployment('status_replicas_available', name)]: ready,
  [deployment('created', name)]: always(0, minutes),
});
const gone = (predictor: string, name = model) => ({
  ...named(name),
  namespace: 'mlops-models',
  deployment: deploymentOf(predictor, name),
  predictor_name: predictor,
});

export const models: Situations = {
  ModelErrorRateHigh: [
    {
      name: 'one in ten fails',
      series: { [requests('200')]: rising(90), [requests('500')]: rising(10) },
      alerts: [named(model)],
    },
    { name: 'one in fifty fails', series: { [requests('200')]: rising(98), [requests('500')]: rising(2) }, alerts: [] },
    {
      name: 'one in fifty fails, of a model that may fail less',
      series: { [requests('200', 'exact')]: rising(98), [requests('500', 'exact')]: rising(2) },
      alerts: [named('exact')],
    },
    {
      name: 'one in ten fails, by gRPC',
      series: { [requests('OK')]: rising(90), [requests('Unavailable')]: rising(10) },
      alerts: [named(model)],
    },
    {
      name: 'no request fails, by REST and by gRPC',
      series: { [requests('200')]: rising(90), [requests('OK')]: rising(10) },
      alerts: [],
    },
    {
      name: 'there are no requests',
      series: { [requests('200')]: always(10), [requests('500')]: always(10) },
      alerts: [],
    },
    {
      name: 'clients ask what cannot be answered',
      series: {
        [requests('200')]: rising(50),
        [requests('400')]: rising(20),
        [requests('404')]: rising(20),
        [requests('InvalidArgument')]: rising(10),
      },
      alerts: [],
    },
    { name: 'two requests came, and both failed', series: { [requests('500')]: two }, at: '57m', alerts: [] },
    {
      name: 'one request a minute comes, and all fail',
      series: { [requests('500')]: rising(1) },
      alerts: [named(model)],
    },
    {
      name: 'the shadow fails, and the model does not',
      series: { [requests('200')]: rising(60), [requests('500', model, 'shadow')]: rising(60) },
      alerts: [],
    },
    {
      name: 'the canary fails, and that is more of all than may fail',
      series: { [requests('200')]: rising(90), [requests('500', model, 'canary')]: rising(10) },
      alerts: [named(model)],
    },
  ],
  ModelRefusesRequests: [
    {
      name: 'one in five is refused, by REST and by gRPC',
      series: {
        [requests('200')]: rising(80),
        [requests('400')]: rising(10),
        [requests('InvalidArgument')]: rising(10),
      },
      alerts: [named(model)],
    },
    { name: 'one in twenty is', series: { [requests('200')]: rising(95), [requests('404')]: rising(5) }, alerts: [] },
    {
      name: 'six requests came in half an hour, and all were',
      series: { [requests('400')]: '0x40 1x3 2x3 3x3 4x3 5x3 6+0x60' },
      alerts: [],
    },
    { name: 'the server fails', series: { [requests('200')]: rising(50), [requests('500')]: rising(50) }, alerts: [] },
    {
      name: 'the shadow refuses all',
      series: { [requests('200')]: rising(60), [requests('400', model, 'shadow')]: rising(60) },
      alerts: [],
    },
  ],
  ModelLatencyHigh: [
    { name: 'all take more than a second', series: within('2.5', '1'), alerts: [named(model)] },
    { name: 'all take less than half a second', series: within('0.5', '0.25'), alerts: [] },
    {
      name: 'all take less than half a second, of a model that must be faster',
      series: within('0.5', '0.25', 'exact'),
      alerts: [named('exact')],
    },
    {
      name: 'only the shadow is slow',
      series: { ...within('0.5', '0.25'), ...within('10', '7.5', model, 'shadow') },
      alerts: [],
    },
  ],
  ModelDown: [
    {
      name: 'all its pods went away',
      series: pods(deploymentOf('default'), '2+0x30 0+0x100'),
      at: '45m',
      alerts: [gone('default')],
    },
    {
      name: 'they are away for twelve hours',
      series: pods(deploymentOf('default'), '2+0x30 0+0x800', 830),
      at: '12h',
      alerts: [gone('default')],
    },
    { name: 'it is being loaded', series: pods(deploymentOf('default'), always(0)), at: '30m', alerts: [] },
    {
      name: 'it was not loaded in the time that it has',
      series: pods(deploymentOf('default'), always(0)),
      at: '40m',
      alerts: [gone('default')],
    },
    { name: 'one pod is left', series: pods(deploymentOf('default'), '2+0x30 1+0x100'), alerts: [] },
    { name: 'it is there again', series: pods(deploymentOf('default'), '2+0x30 0+0x20 1+0x80'), alerts: [] },
    ...['62m', '66m', '70m'].map((at) => ({
      name: `it is down, and kube-state-metrics is replaced: ${at}`,
      series: {
        ...replaced((instance) => deployment('status_replicas_available', deploymentOf('default'), instance)),
        ...replaced((instance) => deployment('created', deploymentOf('default'), instance)),
      },
      at,
      alerts: [gone('default')],
    })),
    {
      name: 'its name is the longest there is',
      series: pods(deploymentOf('default', longName), '1+0x30 0+0x100'),
      alerts: [gone('default', longName)],
    },
    {
      name: 'its canary and its shadow are down',
      series: {
        ...pods(deploymentOf('canary'), '1+0x30 0+0x100'),
        ...pods(deploymentOf('shadow'), '1+0x30 0+0x100'),
        ...pods(deploymentOf('default'), always(1)),
      },
      alerts: [],
    },
    { name: 'something else in the namespace is down', series: pods('another', '1+0x30 0+0x100'), alerts: [] },
  ],
  ModelVariantDown: [
    ...['canary', 'shadow'].map((predictor) => ({
      name: `the ${predictor} went away`,
      series: pods(deploymentOf(predictor, longName), '1+0x30 0+0x100'),
      alerts: [gone(predictor, longName)],
    })),
    { name: 'the model itself went away', series: pods(deploymentOf('default'), '1+0x30 0+0x100'), alerts: [] },
    { name: 'the canary is being loaded', series: pods(deploymentOf('canary'), always(0)), at: '30m', alerts: [] },
  ],
  ModelVariantErrorRateHigh: [
    ...['canary', 'shadow'].map((predictor) => ({
      name: `one in ten of the ${predictor} fails`,
      series: {
        [requests('200')]: rising(900),
        [requests('200', model, predictor)]: rising(90),
        [requests('500', model, predictor)]: rising(10),
      },
      alerts: [{ ...named(model), predictor_name: predictor }],
    })),
    {
      name: 'the model fails, and its canary does not',
      series: { [requests('500')]: rising(90), [requests('200', model, 'canary')]: rising(10) },
      alerts: [],
    },
    {
      name: 'two requests came to the canary, and both failed',
      series: { [requests('200')]: rising(90), [requests('500', model, 'canary')]: two },
      at: '57m',
      alerts: [],
    },
  ],
};
