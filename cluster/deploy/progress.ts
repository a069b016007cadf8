/** Reports the progress of a deploy. */
export interface Progress {
  /** A step is complete. */
  done(text: string): void;
  /** Something that the user should know, and that stops nothing. */
  note(text: string): void;
  /**
   * Everything that the deploy now waits for, with the reasons. Replaces the previous lines; empty when it waits for
   * nothing.
   */
  waiting(lines: readonly string[]): void;
}

/** A deploy that ended before it was complete. */
export class DeployError extends Error {
  /** @param problems one per object or other cause, with its remedy */
  constructor(
    message: string,
    readonly problems: readonly string[] = [],
  ) {
    super(message);
  }
}

/** The user has stopped the deploy. */
export class Interrupted extends DeployError {
  constructor() {
    super('Stopped. Whatever was applied stays; run the same command again to finish.');
  }
}
