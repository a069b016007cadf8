/** What helm may take to render one release. A template may loop for ever, double a text for ever, and print for ever. */
export interface Limits {
  /** The slowest known chart takes one. */
  readonly seconds: number;
  /** Of address space, on Linux. Go's runtime and the largest known chart take one gigabyte. */
  readonly megabytes: number;
  /** Megabytes of output. The largest known chart prints two. */
  readonly output: number;
}

export const limits: Limits = { seconds: 120, megabytes: 4_000, output: 16 };

/** A command as one whose memory the system limits; elsewhere than on Linux, the command itself. */
export function limited(command: string, args: readonly string[], { megabytes } = limits): [string, string[]] {
  if (process.platform !== 'linux') return [command, [...args]];
  return ['/bin/sh', ['-c', `ulimit -v ${megabytes * 1000}; exec "$0" "$@"`, command, ...args]];
}

/** What a program in Go says when it gets no more memory, followed by pages of its stacks. */
export const lacksMemory = (stderr: string): boolean => /^(runtime|fatal error):.*out of memory/m.test(stderr);
