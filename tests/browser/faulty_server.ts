/** A static server on this machine that can be slow and can fail, on demand and one file at a time. */
import { serveFile } from "../../site/static_files.ts";

/** What to do with requests instead of answering them. */
export type Fault =
  /** An answer of this status. */
  | { readonly kind: "status"; readonly status: number }
  /** A page where a file was expected, with status 200, as some hosts do for what is missing. */
  | { readonly kind: "html" }
  /** The connection breaks after some bytes; right away with 0. */
  | { readonly kind: "break"; readonly afterBytes: number }
  /** A whole answer of the file's first bytes. */
  | { readonly kind: "cut"; readonly atByte: number }
  /** Other bytes. */
  | {
    readonly kind: "change";
    readonly change: (bytes: Uint8Array) => Uint8Array;
  }
  /** The slowest connection there is: the first bytes at once, the others when the gate opens. */
  | { readonly kind: "hold"; readonly atByte: number; readonly gate: Promise<void> };

export class FaultyServer implements AsyncDisposable {
  /** Paths of all requests in their order, below the site. */
  readonly requests: string[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #faults = new Map<string, Fault>();

  /**
   * @param root folder of the site
   * @param base where the site lives on the server, with a slash at both ends
   */
  constructor(root: string, readonly base = "/") {
    this.#server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {}, onError: () => new Response(null) },
      (request) => this.#answer(request, root),
    );
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Full address of a page or file below the site. */
  url(path = ""): string {
    return this.origin + this.base + path;
  }

  /** Requests for files whose path ends so. */
  requestsFor(end: string): string[] {
    return this.requests.filter((path) => path.endsWith(end));
  }

  /** From now on, what ends so fails. */
  fail(end: string, fault: Fault): void {
    this.#faults.set(end, fault);
  }

  /** Everything is answered again. */
  heal(): void {
    this.#faults.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(request: Request, root: string): Promise<Response> {
    const url = new URL(request.url);
    if (!url.pathname.startsWith(this.base)) return new Response("elsewhere", { status: 404 });
    const path = url.pathname.slice(this.base.length);
    this.requests.push(path);
    url.pathname = `/${path}`;
    const { method, headers } = request;
    const response = await serveFile(new Request(url, { method, headers }), root);
    for (const [end, fault] of this.#faults) {
      if (path.endsWith(end)) return await spoil(response, fault);
    }
    return response;
  }
}

async function spoil(response: Response, fault: Fault): Promise<Response> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const headers = { "content-type": response.headers.get("content-type") ?? "" };
  switch (fault.kind) {
    case "status":
      return new Response("no", { status: fault.status });
    case "html":
      return new Response("<!doctype html><title>Welcome</title><p>Nothing is here.", {
        headers: { "content-type": "text/html" },
      });
    case "cut":
      return new Response(bytes.slice(0, fault.atByte), { headers });
    case "change":
      return new Response(fault.change(bytes.slice()) as Uint8Array<ArrayBuffer>, { headers });
    case "break": {
      const { afterBytes } = fault;
      const length = { ...headers, "content-length": String(bytes.length) };
      return new Response(inPieces([bytes.slice(0, afterBytes)], { breaks: true }), {
        headers: length,
      });
    }
    case "hold": {
      const { atByte, gate } = fault;
      const pieces = [bytes.slice(0, atByte), bytes.slice(atByte)];
      return new Response(inPieces(pieces, { before: (i) => i === 0 ? null : gate }), { headers });
    }
  }
}

/** @param options.before what to wait for before a piece; `breaks` ends with an error */
function inPieces(
  pieces: readonly Uint8Array[],
  { before = () => null, breaks = false }: {
    readonly before?: (piece: number) => Promise<void> | null;
    readonly breaks?: boolean;
  },
): ReadableStream<Uint8Array> {
  let next = 0;
  return new ReadableStream({
    async pull(controller) {
      await before(next);
      if (next < pieces.length) controller.enqueue(pieces[next]);
      next++;
      if (next < pieces.length) return;
      if (breaks) {
        // The bytes so far have to be on their way before the connection goes.
        await new Promise((resolve) => setTimeout(resolve, 50));
        controller.error(new Error("the connection breaks, as it should"));
      } else controller.close();
    },
  });
}
