/**
 * In a class of characters: what a reader does not see as it is written. Control characters end a line or reach the
 * terminal of whoever reads it, others turn the direction, and half a character has no UTF-8.
 */
export const unseen = String.raw`\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069`;

/**
 * At the start of an expression: without `$(`. In variables and arguments of a container the kubelet replaces `$(NAME)`
 * by another variable, such as a secret key.
 */
export const noVariable = String.raw`(?!.*\$\()`;
