/** An advisory that is known, and stays for a while. */
export interface Exception {
  /** Such as `GHSA-xxxx-xxxx-xxxx`, `PYSEC-2026-1` or `CVE-2026-1`. */
  readonly id: string;
  /** Name of the package. */
  readonly name: string;
  /** The last day on which it holds, as `2026-12-31`. */
  readonly until: string;
  readonly reason: string;
}

/** Each of them must still be reported, and not be over. */
export const exceptions: readonly Exception[] = [];
