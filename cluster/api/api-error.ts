import { z } from 'zod';

/** The API server's reason for not carrying out a request (`meta/v1` Status). */
export interface Status {
  readonly kind: 'Status';
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
    readonly retryAfterSeconds?: number;
  };
}

/** A request that failed. */
export class ApiError extends Error {
  /**
   * @param code HTTP status; 0 when there was no answer
   * @param status undefined when the API server itself did not answer
   */
  constructor(
    readonly code: number,
    message: string,
    readonly status?: Status,
  ) {
    super(message);
  }

  /** Whether the API server was not reached, or did not answer. */
  get unreachable(): boolean {
    return this.status === undefined;
  }

  /** Whether the same request may succeed later: nobody answered, or the API server is overloaded or broken. */
  get transient(): boolean {
    return this.unreachable || this.code === 408 || this.code === 429 || this.code >= 500;
  }
}

const optional = <Field extends z.ZodType>(field: Field) => field.optional().catch(undefined);
const cause = z.object({
  reason: optional(z.string()),
  message: optional(z.string()),
  field: optional(z.string()),
});

/** Whatever of a `Status` has another type than Kubernetes gives it counts as absent. */
const statusAnswer: z.ZodType<Status> = z.object({
  kind: z.literal('Status'),
  code: optional(z.number()),
  reason: optional(z.string()),
  message: optional(z.string().min(1)),
  details: optional(z.object({ causes: optional(z.array(cause)), retryAfterSeconds: optional(z.number()) })),
});

/** The `Status` in an answer; undefined where it is something else. */
export const statusIn = (answer: unknown): Status | undefined => statusAnswer.safeParse(answer).data;

/** An answer that no API server gives: a proxy answers in its place, or it is broken. Asking again does not help. */
export function malformed(code: number, what: string, expected: string, answered: string): ApiError {
  const message = `the answer to ${what} is not ${expected}: ${JSON.stringify(answered.slice(0, 80))}. Is it an API server?`;
  return new ApiError(code, message, { kind: 'Status', code, message });
}
