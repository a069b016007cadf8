import { httpExposure } from '../exposure';
import { service } from './service';

export const mlflow = service({
  /**
   * How browsers and clients outside the cluster reach it.
   * @default a node port
   * @example { type: 'ingress', host: 'mlflow.example.org', tlsSecret: 'mlflow-tls' }
   */
  expose: httpExposure(30500),
});
