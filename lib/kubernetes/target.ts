/** What an object refers to by name. */
export interface Target {
  readonly kind: string;
  /** @default the namespace of the object that refers to it */
  readonly namespace?: string;
  readonly name: string;
  /** Keys of the Secret or ConfigMap that must be there. @default none in particular */
  readonly keys?: readonly string[];
  /** Name or number of the Service's port. @default none in particular */
  readonly port?: number | string;
  /** How messages name the field, such as `volume data`. */
  readonly as: string;
}
