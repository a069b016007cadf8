/** ` (did you mean x?)` for the candidate that a word was probably meant to be; empty when none is. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const meant = closest(word, candidates);
  return meant === undefined ? '' : ` (did you mean ${meant}?)`;
}

/**
 * The one candidate that is a slip of the pen away from the word: one slip in a short word, one in each four letters of
 * a long one. Capitals make no difference, and a word is never a slip of itself. Undefined where two are equally close,
 * and where the words share less than three letters: `gpu` is not `cpu`, nor `v3` a slip of `v2`.
 */
export function closest<Candidate extends string>(
  word: string,
  candidates: readonly Candidate[],
): Candidate | undefined {
  const near = candidates
    .filter((candidate) => candidate !== word)
    .map((candidate) => ({ candidate, slips: slipsBetween(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ slips }) => Number.isFinite(slips));
  const least = Math.min(...near.map(({ slips }) => slips));
  const [best, second] = near.filter(({ slips }) => slips === least);
  return second === undefined ? best?.candidate : undefined;
}

/** Infinity where they are more than would be made by accident. */
function slipsBetween(word: string, candidate: string): number {
  if (word === candidate) return 0;
  const longer = Math.max(word.length, candidate.length);
  const most = Math.max(1, Math.floor(longer / 4));
  const shared = Array.from(new Set(word)).filter((letter) => candidate.includes(letter)).length;
  if (shared < 3 || longer - Math.min(word.length, candidate.length) > most) return Infinity;
  const slips = editDistance(word, candidate);
  return slips > most ? Infinity : slips;
}

/** Insertions, deletions and replacements of one character, and exchanges of two neighbours. */
function editDistance(left: string, right: string): number {
  const rows = [Array.from({ length: right.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= left.length; row++) {
    rows[row] = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      const exchanged =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      rows[row]?.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (same ? 0 : 1),
          exchanged ? at(row - 2, column - 2) + 1 : Infinity,
        ),
      );
    }
  }
  return at(left.length, right.length);
}
