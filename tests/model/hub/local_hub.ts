import { createHash } from "node:crypto";

/** What one request is answered with instead of the truth, or null to answer truly. */
export type Fault = (request: Request, path: string) => Response | null;

/** A server on this machine that answers as the hub does, and a second one that it sends to for large files. */
export interface LocalHub extends AsyncDisposable {
  readonly endpoint: string;
  /** What was asked for, in order: method, path, and the range. */
  readonly requests: string[];
  /** Tokens that the second server was shown; there must be none. */
  readonly leaked: string[];
  /** Set to have the next requests answered otherwise. */
  fault: Fault;
  /** Set to announce other files than there are. */
  announce: (siblings: Sibling[]) => Sibling[];
  /** Token without which nothing is answered, null for none. */
  token: string | null;
}

/** A file as the hub announces it. */
export interface Sibling {
  rfilename: string;
  size: number;
  blobId: string;
  lfs?: { sha256: string; size: number };
}

export const commit = "0123456789abcdef0123456789abcdef01234567";

/** Files of this size and more come from the second server and are known by their SHA-256. */
const largeBytes = 10_000;

function siblingOf(rfilename: string, bytes: Uint8Array): Sibling {
  const git = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
  const sibling = { rfilename, size: bytes.length, blobId: git };
  if (bytes.length < largeBytes) return sibling;
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { ...sibling, lfs: { sha256, size: bytes.length } };
}

function part(request: Request, bytes: Uint8Array): Response {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.get("range") ?? "")?.[1] ?? 0);
  const body = bytes.slice(start);
  if (start === 0) return new Response(body);
  const headers = { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
  return new Response(body, { status: 206, headers });
}

/** A body that breaks off after some bytes. */
export function dying(bytes: Uint8Array, afterBytes: number, init: ResponseInit = {}): Response {
  let begun = false;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (begun) {
        // Time for what was sent to arrive; a server's error takes unsent bytes with it.
        await new Promise((done) => setTimeout(done, 50));
        controller.error(new Error("gone"));
        return;
      }
      begun = true;
      controller.enqueue(bytes.slice(0, afterBytes));
    },
  });
  return new Response(body, init);
}

/** Starts the servers for one repository, `org/tiny`. */
export function startHub(files: Readonly<Record<string, Uint8Array>>): LocalHub {
  const requests: string[] = [];
  const leaked: string[] = [];
  const quiet = {
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    onError: () => new Response(),
  };
  const store = Deno.serve(quiet, (request) => {
    const path = decodeURIComponent(new URL(request.url).pathname.slice(1));
    const authorization = request.headers.get("authorization");
    if (authorization) leaked.push(authorization);
    return hub.fault(request, path) ?? part(request, files[path]);
  });
  const server = Deno.serve(quiet, (request) => {
    const path = decodeURIComponent(new URL(request.url).pathname.slice(1));
    const range = request.headers.get("range");
    requests.push(`${path}${range ? ` ${range}` : ""}`);
    const isAllowed = hub.token === null ||
      request.headers.get("authorization") === `Bearer ${hub.token}`;
    if (!isAllowed) return new Response("", { status: 401 });
    const fault = hub.fault(request, path);
    if (fault) return fault;
    if (path.startsWith("api/models/org/tiny/revision/")) {
      const siblings = Object.entries(files).map(([name, bytes]) => siblingOf(name, bytes));
      return Response.json({ sha: commit, siblings: hub.announce(siblings) });
    }
    const name = path.split(`org/tiny/resolve/${commit}/`)[1];
    const bytes = files[name];
    if (!bytes) return new Response("", { status: 404 });
    if (bytes.length < largeBytes) return part(request, bytes);
    const location = `http://127.0.0.1:${store.addr.port}/${encodeURIComponent(name)}`;
    return new Response(null, { status: 302, headers: { location } });
  });
  const hub: LocalHub = {
    endpoint: `http://127.0.0.1:${server.addr.port}`,
    requests,
    leaked,
    fault: () => null,
    announce: (siblings) => siblings,
    token: null,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await store.shutdown();
    },
  };
  return hub;
}
