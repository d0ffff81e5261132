import * as v from "valibot";
import { type ModelId, requireInside } from "./model_id.ts";

/** A file of a repository. */
export interface RemoteFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Of the contents: SHA-256 of a large file, Git's own SHA-1 of a small one. Hex digits. */
  readonly digest: string;
  readonly kind: "sha256" | "git";
}

/** A repository at one commit. */
export interface Description {
  readonly commit: string;
  readonly files: readonly RemoteFile[];
}

/** How the hub is reached. */
export interface HubOptions {
  /** Origin of the hub, such as that of `HF_ENDPOINT`. */
  readonly endpoint: string;
  readonly token?: string;
  /** Waits before another try; a test does not. */
  readonly wait?: (durationMs: number) => Promise<void>;
}

const descriptionSchema = v.object({
  sha: v.pipe(v.string(), v.regex(/^[0-9a-f]{6,64}$/)),
  siblings: v.array(v.object({
    rfilename: v.string(),
    size: v.optional(v.nullable(v.number())),
    blobId: v.optional(v.nullable(v.string())),
    lfs: v.optional(v.nullable(v.object({ sha256: v.string(), size: v.number() }))),
  })),
});

/** Answers that another try may better. */
const passing: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
const nTries = 4;
const mostRedirects = 5;
/** The longest wait that a server may ask for. */
const longestWaitMs = 60_000;

/** Requests to the hub, or to a mirror that speaks as it does. */
export class HubClient {
  readonly #endpoint: URL;
  readonly #token: string | undefined;
  readonly #wait: (durationMs: number) => Promise<void>;

  /** @throws {RangeError} if the endpoint is no address, or not an encrypted one of another machine */
  constructor({ endpoint, token, wait }: HubOptions) {
    if (!URL.canParse(endpoint)) {
      throw new RangeError(`Cannot reach the hub at "${endpoint}": expected an address, https://…`);
    }
    this.#endpoint = new URL(endpoint.endsWith("/") ? endpoint : `${endpoint}/`);
    requireSecure(this.#endpoint);
    this.#token = token || undefined;
    this.#wait = wait ?? ((durationMs) => new Promise((done) => setTimeout(done, durationMs)));
  }

  /**
   * Lists a repository's files.
   *
   * @throws {RangeError} if there is no such model or it may not be read
   * @throws {SyntaxError} if the answer is none of the hub's
   */
  async describe({ repo, revision }: ModelId): Promise<Description> {
    const path = `api/models/${repo}/revision/${encodeURIComponent(revision)}?blobs=true`;
    const response = await this.#request(path, repo);
    let json: unknown;
    try {
      json = await response.json();
    } catch (cause) {
      throw new SyntaxError(`Cannot read the list of files of "${repo}": expected JSON`, { cause });
    }
    const parsed = v.safeParse(descriptionSchema, json);
    if (!parsed.success) {
      throw new SyntaxError(
        `Cannot read the list of files of "${repo}": expected the hub's answer, got ${
          v.summarize(parsed.issues)
        }`,
      );
    }
    const files = parsed.output.siblings.map(({ rfilename, size, blobId, lfs }): RemoteFile => ({
      path: requireInside(rfilename),
      sizeBytes: lfs?.size ?? size ?? 0,
      digest: requireInside(lfs?.sha256 ?? blobId ?? "unknown"),
      kind: lfs ? "sha256" : "git",
    }));
    return { commit: parsed.output.sha, files };
  }

  /**
   * Begins to read a file.
   *
   * @param offsetBytes where to begin; a server may ignore it and answer 200 with the whole
   */
  open(repo: string, commit: string, path: string, offsetBytes: number): Promise<Response> {
    const place = path.split("/").map(encodeURIComponent).join("/");
    const headers = offsetBytes > 0 ? { range: `bytes=${offsetBytes}-` } : undefined;
    return this.#request(`${repo}/resolve/${commit}/${place}`, `${repo}: ${path}`, headers);
  }

  async #request(path: string, what: string, headers: HeadersInit = {}): Promise<Response> {
    for (let nth = 1;; nth++) {
      let reason: string;
      let waitMs = 500 * 2 ** nth;
      try {
        const response = await this.#follow(new URL(path, this.#endpoint), headers);
        if (response.ok || response.status === 416) return response;
        await response.body?.cancel();
        if (!passing.has(response.status)) throw this.#refusal(response.status, what);
        reason = `the answer ${response.status}`;
        const asked = Number(response.headers.get("retry-after"));
        if (asked > 0) waitMs = Math.min(1000 * asked, longestWaitMs);
      } catch (error) {
        // `fetch` throws a TypeError where no answer came; what is thrown here is none.
        if (!(error instanceof TypeError)) throw error;
        reason = error.message;
      }
      if (nth === nTries) {
        throw new Error(
          `Cannot fetch "${what}" from ${this.#endpoint.host}: expected an answer, got ${reason} ` +
            `${nTries} times. Try again later; what is here already stays.`,
        );
      }
      await this.#wait(waitMs);
    }
  }

  /** Follows redirects by hand: the token is for the hub alone, not for the servers it sends to. */
  async #follow(url: URL, headers: HeadersInit): Promise<Response> {
    for (let n = 0; n <= mostRedirects; n++) {
      const all = new Headers(headers);
      if (this.#token && url.origin === this.#endpoint.origin) {
        all.set("authorization", `Bearer ${this.#token}`);
      }
      const response = await fetch(url, { headers: all, redirect: "manual" });
      const location = response.headers.get("location");
      if (response.status < 300 || response.status >= 400 || location === null) return response;
      await response.body?.cancel();
      const next = new URL(location, url);
      if (this.#endpoint.protocol === "https:") requireSecure(next);
      url = next;
    }
    throw new RangeError(`Cannot fetch "${url}": expected a file, got ${mostRedirects} redirects`);
  }

  #refusal(status: number, what: string): RangeError {
    const host = this.#endpoint.host;
    const mend = status === 401 || status === 403
      ? this.#token
        ? "The token of HF_TOKEN may not read it: accept the model's terms on its page, or use another."
        : "It may be private or gated, or misspelt: set HF_TOKEN to a token that may read it."
      : status === 404
      ? "Check the spelling, the revision behind @ and the file behind the colon."
      : "The server refuses the request.";
    return new RangeError(
      `Cannot fetch "${what}" from ${host}: expected a file, got the answer ${status}. ${mend}`,
    );
  }
}

/** @throws {RangeError} for an address that is neither encrypted nor of this machine */
function requireSecure({ protocol, hostname, href }: URL): void {
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  if (protocol === "https:" || (protocol === "http:" && isLocal)) return;
  throw new RangeError(`Cannot fetch from "${href}": expected https`);
}
