/** ` (did you mean x?)` for the candidates that a word was probably meant to be; empty where there are none. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const near = closest(word, candidates);
  return near.length === 0 ? '' : ` (did you mean ${near.join(' or ')}?)`;
}

/**
 * The candidates closest to a misspelled word: at most one edit in a short word, and one per four letters in a long
 * one. Case does not count, and a word never matches itself. Words that share fewer than three letters are different
 * words: `gpu` is not a misspelled `cpu`, nor `v3` a misspelled `v2`.
 */
export function closest<Candidate extends string>(word: string, candidates: readonly Candidate[]): Candidate[] {
  const near = candidates
    .filter((candidate) => candidate !== word)
    .map((candidate) => ({ candidate, slips: slipsBetween(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ slips }) => slips < Infinity);
  const least = Math.min(...near.map(({ slips }) => slips));
  return near.filter(({ slips }) => slips === least).map(({ candidate }) => candidate);
}

/** Infinity where there are too many for a misspelling. */
function slipsBetween(word: string, candidate: string): number {
  if (word === candidate) return 0;
  const longer = Math.max(word.length, candidate.length);
  const most = Math.max(1, Math.floor(longer / 4));
  if (longer - Math.min(word.length, candidate.length) > most || sharedLetters(word, candidate) < 3) return Infinity;
  const slips = editDistance(word, candidate);
  return slips > most ? Infinity : slips;
}

function sharedLetters(left: string, right: string): number {
  const rest = Array.from(right);
  return Array.from(left).filter((letter) => rest.includes(letter) && rest.splice(rest.indexOf(letter), 1)).length;
}

/** Number of insertions, deletions and replacements of a character, and swaps of two neighbours. */
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
