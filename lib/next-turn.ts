/** Resolves in the next turn of the event loop: between two parts of long work, so that other work proceeds. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
