export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** The oldest servers that do what we rely on; an older one is refused, never worked around. */
export const OLDEST_VERSION = { nats: '2.14.0', postgres: '15.0', redis: '7.0' } as const;

/** Reads the first thing that looks like a version out of what a program says about itself. */
export function parseVersion(text: string): Version | undefined {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text) ?? /\b(\d+)\b/.exec(text);
  if (match === null) return undefined;

  return { major: Number(match[1]), minor: Number(match[2] ?? 0), patch: Number(match[3] ?? 0) };
}

export function isAtLeast(version: Version, oldest: Version): boolean {
  if (version.major !== oldest.major) return version.major > oldest.major;
  if (version.minor !== oldest.minor) return version.minor > oldest.minor;

  return version.patch >= oldest.patch;
}

export function formatVersion(version: Version): string {
  return `${version.major}.${version.minor}.${version.patch}`;
}

export type Judgement =
  | { readonly ok: true; readonly version: string }
  | { readonly ok: false; readonly why: string };

/** The version in `text` when it is new enough; otherwise the sentence to show. */
export function judgeVersion(text: string, oldest: string): Judgement {
  const version = parseVersion(text);
  const bound = parseVersion(oldest);
  if (version === undefined || bound === undefined) {
    return { ok: false, why: `says no version (${text.slice(0, 80)})` };
  }
  if (!isAtLeast(version, bound)) {
    return { ok: false, why: `is ${formatVersion(version)}, older than ${oldest}` };
  }

  return { ok: true, version: formatVersion(version) };
}

/** The opposite: the version in `text` when it is older than `oldest`. */
export function judgeOutdated(text: string, oldest: string): Judgement {
  const version = parseVersion(text);
  const judged = judgeVersion(text, oldest);
  if (judged.ok) return { ok: false, why: `is ${judged.version}, not older than ${oldest}` };

  return version === undefined ? judged : { ok: true, version: formatVersion(version) };
}
