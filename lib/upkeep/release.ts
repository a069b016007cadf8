/** The upkeep of a program, as its authors describe it. */
export interface Program {
  readonly name: string;
  /** Its images, by the names that `images.overrides` knows. */
  readonly images: readonly string[];
  /** Where the facts were read, and will be read again. */
  readonly source: string;
  /** Newest stable version. */
  readonly newest: string;
  /** Release lines that still get fixes, such as `15` or `1.31`. Anything older has ended. */
  readonly lines: Readonly<Record<string, Line>>;
  /** What a user should know before relying on it. @default nothing */
  readonly note?: string;
}

/** A release line that gets fixes. */
export interface Line {
  readonly newest: string;
  /** Last day of support, as `2027-11-11`. @default not announced */
  readonly ends?: string;
  /** Serious holes of earlier versions. @default none known */
  readonly holes?: readonly Hole[];
}

/** A serious vulnerability, such as `CVE-2023-6909`. */
export interface Hole {
  readonly id: string;
  /** First version of the line without it. @default there is none */
  readonly fixed?: string;
  /** Where that was read. */
  readonly source: string;
}

/** What the platform installs of a program, and how it is kept. */
export interface Upkeep {
  readonly program: Program;
  /** Pinned version, without the variant of the image: `15.3` for `15.3-bookworm`. */
  readonly pinned: string;
  /** Its release line; undefined if that line has ended, or is newer than the facts. */
  readonly line?: Line;
  /** Reasons not to run it, each a phrase. */
  readonly problems: readonly string[];
}

/**
 * Compares pinned versions with the facts.
 *
 * @param pins tag of each image, by name
 * @param today as `2026-11-28`
 */
export function upkeepOf(
  programs: readonly Program[],
  pins: Readonly<Record<string, string>>,
  today: string,
): Upkeep[] {
  return programs.flatMap((program) => {
    const versions = new Set(
      program.images.flatMap((image) => (pins[image] === undefined ? [] : versionOf(pins[image]))),
    );
    return [...versions].map((pinned) => judge(program, pinned, today));
  });
}

function judge(program: Program, pinned: string, today: string): Upkeep {
  const names = Object.keys(program.lines).sort(compareVersions);
  const name = names.findLast((line) => belongsTo(pinned, line));
  const line = name === undefined ? undefined : program.lines[name];
  if (line === undefined) {
    const [oldest] = names;
    const ended = oldest === undefined || compareVersions(pinned, oldest) < 0;
    return { program, pinned, problems: [ended ? 'has ended' : 'is newer than what is known of it: look it up'] };
  }
  const open = (line.holes ?? []).filter(({ fixed }) => fixed === undefined || compareVersions(pinned, fixed) < 0);
  const problems = [
    ...(line.ends !== undefined && line.ends < today ? [`has ended on ${line.ends}`] : []),
    ...open.map(({ id, fixed }) => `has ${id}, ${fixed === undefined ? 'which is not fixed' : `fixed in ${fixed}`}`),
  ];
  return { program, pinned, line, problems };
}

/** Whether a version is of a release line: 1.31.4 of 1.31, and 2026-09-16 of 2026. */
export const belongsTo = (version: string, line: string): boolean =>
  version === line || version.startsWith(`${line}.`) || version.startsWith(`${line}-`);

/** The version in a tag: `15.3` of `15.3-bookworm`, `2024-12-18` of `RELEASE.2024-12-18T13-15-44Z`. */
export function versionOf(tag: string): string {
  return /^(?:RELEASE\.)?(\d{4}-\d\d-\d\d)/.exec(tag)?.[1] ?? /^v?(\d+(?:\.\d+)*)/.exec(tag)?.[1] ?? tag;
}

/** Negative if the first version is older. Missing numbers count as 0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(/[.-]/).map(Number));
  const length = Math.max(left?.length ?? 0, right?.length ?? 0);
  for (let index = 0; index < length; index += 1) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
