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
