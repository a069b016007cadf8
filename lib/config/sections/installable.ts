import { z } from 'zod';
import { dnsLabel, dnsName } from '../primitives';

/** An existing Secret: its location, and the names of its keys. */
export const secretReference = <Keys extends z.core.$ZodLooseShape>(keys: Keys) =>
  z.strictObject({
    /**
     * Namespace of the Secret.
     * @example 'databases'
     */
    namespace: dnsLabel('databases'),
    /**
     * Name of the Secret.
     * @example 'mlflow-login'
     */
    name: dnsName('mlflow-login'),
    /**
     * Names of its keys.
     * @default each as described below
     */
    keys: z.strictObject(keys).prefault({} as never),
  });

const error = 'must be false or an object (write false to leave it out, {} for the defaults)';

/** A service that is installed unless it is `false`. */
export const installable = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.union([z.literal(false), z.strictObject(shape)], { error }).prefault({} as never);
