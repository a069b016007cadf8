import { z } from 'zod';
import { dnsLabel, dnsName } from '../primitives';

/** A Secret that somebody else makes: where it is, and what its keys are called. */
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
     * What its keys are called.
     * @default each like here
     */
    keys: z.strictObject(keys).prefault({} as never),
  });

const error = 'must be false or an object (write false to leave it out, {} for the defaults)';

/** A service that is installed unless it is `false`. */
export const installable = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.union([z.literal(false), z.strictObject(shape)], { error }).prefault({} as never);
