/** A model on the hub: `org/name@revision:file`. */
export interface ModelId {
  /** `org/name` */
  readonly repo: string;
  /** Branch, tag or commit, `main` where none is named. */
  readonly revision: string;
  /** ONNX file in the repository, null where none is named. */
  readonly file: string | null;
}

const pattern =
  /^(?<repo>[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*)(?:@(?<revision>[\w./-]+))?(?::(?<file>.+))?$/;

/**
 * Reads a hub's id.
 *
 * @returns null if the text is none, such as a path
 * @throws {RangeError} if it names a file that would lie outside of the repository
 */
export function parseModelId(text: string): ModelId | null {
  const groups = pattern.exec(text)?.groups;
  if (!groups || groups.repo.includes("..")) return null;
  const { repo, revision = "main", file = null } = groups;
  if (file !== null) requireInside(file);
  requireInside(revision);
  return { repo, revision, file };
}

/**
 * Checks a path that comes from outside before it becomes a part of one here.
 *
 * @throws {RangeError} if it is absolute, goes up, or is not one on every system
 */
export function requireInside(path: string): string {
  const parts = path.split("/");
  const isSafe = parts.every((part) => part !== "" && part !== "." && part !== "..") &&
    // deno-lint-ignore no-control-regex -- control characters are what is refused
    !/[\\:\x00-\x1f]/.test(path);
  if (isSafe) return path;
  throw new RangeError(
    `Cannot use the path ${JSON.stringify(path)}: expected one inside of the repository`,
  );
}
