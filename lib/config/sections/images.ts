import { z } from 'zod';
import { dnsName, image, registry } from '../primitives';

/** Where container images come from. @param names those that can be replaced */
export const imagesSection = <const Name extends string>(names: readonly Name[]) =>
  z.strictObject({
    /**
     * A mirror that holds every image under its own repository name.
     * @default the registries of the images' authors
     * @example 'registry.example.org/mirror'
     */
    registry: registry.optional(),
    /**
     * Secrets of type kubernetes.io/dockerconfigjson, in every namespace of the platform.
     * @default []
     * @example ['registry-login']
     */
    pullSecrets: z.array(dnsName('registry-login')).default([]),
    /**
     * Other images in place of the pinned ones, by the names in charts/versions.ts. The mirror does not apply to them.
     * @default {}
     * @example { mlflow: 'registry.example.org/mlflow:2.3.1' }
     */
    overrides: z
      .partialRecord(z.enum(names), image)
      .default({})
      .transform((overrides) => overrides as Readonly<Record<string, string>>),
  });
