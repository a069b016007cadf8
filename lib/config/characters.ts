/**
 * In a class of characters: what a reader does not see as it is written. Control characters end a line or reach the
 * terminal of whoever reads it, others have no width or turn the direction, and half a character has no UTF-8.
 */
export const unseen = String.raw`\p{Cc}\p{Cs}\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff`;

/**
 * At the start of an expression: without `$(`. In variables and arguments of a container the kubelet replaces `$(NAME)`
 * by another variable, such as a secret key.
 */
export const noVariable = String.raw`(?!.*\$\()`;
