/** Where the images of an output may come from. */
export interface ImageSources {
  /** Registry that mirrors every image. @default those of the images' authors */
  readonly registry?: string;
  /** Whole references that the user has chosen, wherever they come from. */
  readonly chosen: readonly string[];
  /** Whole references of the images that the user builds. */
  readonly built: readonly string[];
  /** Whether a lock has the digests of all images, except those that the user builds. */
  readonly isLocked: boolean;
}
