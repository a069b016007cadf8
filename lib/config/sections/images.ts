import { z } from 'zod';
import { image, registry } from '../image-references';
import { dnsName } from '../primitives';

/** Where container images come from. @param names images that can be replaced */
export const imagesSection = <const Name extends string>(names: readonly Name[]) =>
  z.strictObject({
    /**
     * Registry that mirrors every image under its original repository name.
     * @default the registries of the images' authors
     * @example 'registry.example.org/mirror'
     */
    registry: registry.optional(),
    /**
     * Names of kubernetes.io/dockerconfigjson Secrets to pull with, which must exist in every namespace of the
     * platform.
     * @default []
     * @example ['registry-login']
     */
    pullSecrets: z.array(dnsName('registry-login')).default([]),
    /**
     * Images that replace the pinned ones, by the names under `images` in each service's service.ts. `registry` does
     * not apply to them.
     * @default {}
     * @example { mlflow: 'registry.example.org/mlflow:3.17.2' }
     */
    overrides: z
      .partialRecord(z.enum(names), image)
      .default({})
      .transform((overrides) => overrides as Readonly<Record<string, string>>),
  });
