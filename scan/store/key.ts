/** Changes whenever the same input would give other files; every scan's key contains it. */
export const pipelineVersion = 2;

/** What a family's files depend on, and nothing else. */
export interface KeyInput {
  readonly family: string;
  readonly modelName: string;
  readonly modelDigest: string;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  /** In the collection's order: members are projected jointly, so each one's files depend on all. */
  readonly members: readonly {
    readonly id: string;
    readonly title: string;
    readonly text: string;
  }[];
}

/** JSON with sorted keys, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner) => {
    if (inner === null || typeof inner !== "object" || Array.isArray(inner)) return inner;
    const entries = Object.entries(inner as Record<string, unknown>);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });
}

/**
 * The address of one member's scan: 20 hex digits of the SHA-256 over pipeline version, model digest,
 * parameters, the whole family and the member's id.
 */
export async function scanKey(input: KeyInput, memberId: string): Promise<string> {
  return await addressOf({ pipelineVersion, ...input, memberId });
}

/** Changes whenever the same two scans would give another comparison. */
export const pairVersion = 1;

/** The address of a comparison of two scans, the one that comes first in the family first. */
export async function pairKey(aKey: string, bKey: string): Promise<string> {
  return await addressOf({ pairVersion, pair: [aKey, bKey] });
}

/** 20 hex digits of a value's SHA-256. */
async function addressOf(value: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(canonicalJson(value));
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("")
    .slice(0, 20);
}

const ownPrefix = "diff-";

/** Id of a family that two texts make which are none of the collection's: 10 hex digits of their SHA-256. */
export async function ownFamilyId(texts: readonly string[]): Promise<string> {
  return ownPrefix + (await addressOf({ texts })).slice(0, 10);
}

/** Whether a family is one of {@linkcode ownFamilyId}. */
export function isOwnFamily(id: string): boolean {
  return /^diff-[0-9a-f]{10}$/.test(id);
}
