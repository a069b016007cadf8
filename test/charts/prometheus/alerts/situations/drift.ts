import { always, model, named, requests, rising, type Situations } from './series';

const detector = (metric: string, more = ''): string =>
  `${metric}{namespace="mlops-drift",deployment_name="${model}",model="fraud",version="3"${more}}`;
const detected = (feature: string, name = 'ks'): string =>
  detector('drift_detected', `,detector="${name}",feature="${feature}"`);

export const drift: Situations = {
  DriftDetected: [
    {
      name: 'two features drift',
      series: { [detected('Amount')]: always(1), [detected('Time')]: always(1), [detected('V1')]: always(0) },
      alerts: [{ ...named(model), version: '3' }],
    },
    {
      name: 'two detectors see it, one after the other, and the process restarts: one alert',
      series: {
        [detected('Amount')]: '1+0x10 0+0x20 stale',
        [detector('drift_detected', ',detector="mmd",feature="*",instance="a"')]: '0+0x8 1+0x22 stale',
        [detector('drift_detected', ',detector="mmd",feature="*",instance="b"')]: '_x40 1+0x60',
      },
      at: '36m',
      alerts: [{ ...named(model), version: '3' }],
    },
    {
      name: 'nothing drifts',
      series: { [detected('Amount')]: always(0), [detected('*', 'mmd')]: always(0) },
      alerts: [],
    },
    { name: 'the drift is over', series: { [detected('Amount')]: '1+0x30 0+0x60' }, alerts: [] },
  ],
  DriftDetectorStale: [
    {
      name: 'the model answers, and the detector gets nothing',
      series: {
        [requests('200')]: rising(10),
        [detector('drift_reference_rows')]: always(500),
        [detector('drift_messages_total', ',type="request"')]: always(7),
      },
      alerts: [named(model)],
    },
    {
      name: 'the model answers by gRPC, and the detector gets nothing',
      series: {
        [requests('OK')]: rising(10),
        [detector('drift_reference_rows')]: always(500),
        [detector('drift_messages_total', ',type="request"')]: always(7),
      },
      alerts: [named(model)],
    },
    {
      name: 'the detector gets what the model answers',
      series: {
        [requests('200')]: rising(10),
        [detector('drift_reference_rows')]: always(500),
        [detector('drift_messages_total', ',type="request"')]: rising(10),
      },
      alerts: [],
    },
    {
      name: 'nobody asks the model',
      series: { [requests('200')]: always(5), [detector('drift_reference_rows')]: always(500) },
      alerts: [],
    },
    { name: 'the model is not watched', series: { [requests('200')]: rising(10) }, alerts: [] },
  ],
  DriftDetectorLagging: [
    {
      name: 'two partitions together are far behind',
      series: {
        [detector('drift_consumer_lag', ',partition="0"')]: always(6000),
        [detector('drift_consumer_lag', ',partition="1"')]: always(6000),
      },
      alerts: [named(model)],
    },
    {
      name: 'it is a little behind',
      series: { [detector('drift_consumer_lag', ',partition="0"')]: always(6000) },
      alerts: [],
    },
  ],
  DriftDetectorRejectsRows: [
    {
      name: 'one row in five does not fit',
      series: {
        [detector('drift_rows_seen_total')]: rising(80),
        [detector('drift_rows_rejected_total', ',reason="wrong_width"')]: rising(20),
      },
      alerts: [named(model)],
    },
    {
      name: 'one row in fifty does not fit',
      series: {
        [detector('drift_rows_seen_total')]: rising(98),
        [detector('drift_rows_rejected_total', ',reason="wrong_width"')]: rising(2),
      },
      alerts: [],
    },
  ],
};
