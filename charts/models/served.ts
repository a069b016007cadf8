import { z } from 'zod';
import { containerImage } from '../../lib/config/image-references';
import { noVariable, unseen } from '../../lib/config/characters';
import { count, text } from '../../lib/config/primitives';

// In a policy of the store these stand for any text, or for a property of the user.
const noPattern = String.raw`(?!.*([*?]|\$\{))`;

const bucketUri = text(
  'an object store URI: s3://, a bucket of 3 to 63 characters and the folder in it, without "..", "*", "?", "$(" and "${"',
  new RegExp(
    String.raw`^${noVariable}${noPattern}(?!.*\/\.{1,2}(\/|$))s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[^\s${unseen}]+)?$`,
    'u',
  ),
  's3://models/creditcard/1',
);

// In `models:/<name>/<version>` a slash ends the name; programs/drift/src/drift/config.py also rejects a colon.
export const registeredName = text(
  'the name of a registered model, without "/", ":" and "$("',
  new RegExp(String.raw`^${noVariable}[^${unseen}/:]{1,256}$`, 'u'),
  'creditcard',
);
export const modelVersion = count(3, 1_000_000);

/** Keys for what is served. rules.ts requires exactly one of them. */
export const servedKeys = {
  /**
   * Folder of the model in the object store. Exactly one of `uri`, `registeredModel` and `image` is required.
   * @default not from a folder
   * @example 's3://models/creditcard/1'
   */
  uri: bucketUri.optional(),
  /**
   * A version in MLflow's registry. Each pod looks up its files when it starts, and the detector uses the same version.
   * @default not from the registry
   * @example { name: 'creditcard', version: 3 }
   */
  registeredModel: z
    .strictObject({
      /**
       * Name in MLflow's registry.
       * @example 'creditcard'
       */
      name: registeredName,
      /**
       * Version in MLflow's registry. It is a number, so that every pod serves the same version and a new one shows as
       * a change.
       * @example 3
       */
      version: modelVersion,
    })
    .optional(),
  /**
   * An image of your own that contains the model and its server. It must speak `protocol` on the port in the variable
   * PREDICTIVE_UNIT_HTTP_SERVICE_PORT. It is used as written: `images.registry` does not apply.
   * @default no server of your own
   * @example 'registry.example.org/creditcard:1.4.0'
   */
  image: containerImage.optional(),
};

/** What a predictor serves: exactly one of these. */
export interface Served {
  readonly uri?: string;
  readonly registeredModel?: { readonly name: string; readonly version: number };
  readonly image?: string;
}

export const sources = ['uri', 'registeredModel', 'image'] as const;

/** Everything that a model serves: itself, its canary and its shadow. */
export const servedBy = (model: Served & { readonly canary?: Served; readonly shadow?: Served }): Served[] =>
  [model, model.canary, model.shadow].filter((served) => served !== undefined);
