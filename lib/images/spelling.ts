/** How the configuration of a service names images where it does not write each as one text. */
export interface ImageSpelling {
  /** What stands in place of an image that others fill in when the pod starts. @default nothing does */
  readonly placeholder?: string;
  /** The image that fields of one JSON object say together; undefined where they say none. @default none do */
  readonly join?: (fields: Readonly<Record<string, unknown>>) => string | undefined;
}
