/** Where a deploy tells what it does. */
export interface Progress {
  /** Something is done. */
  done(text: string): void;
  /** Something that the user should know, and that stops nothing. */
  note(text: string): void;
  /** All that is waited for now, with the reasons; replaces what was waited for before. Empty when nothing is. */
  waiting(lines: readonly string[]): void;
}

/** The end of a deploy that did not do all of it. */
export class DeployError extends Error {
  /** @param problems one for each object or other thing that is wrong, with what to do */
  constructor(
    message: string,
    readonly problems: readonly string[] = [],
  ) {
    super(message);
  }
}

/** The user has asked to stop. */
export class Interrupted extends DeployError {
  constructor() {
    super('Stopped. Whatever was applied stays; run the same command again to finish.');
  }
}
