/** Addresses of the reload script and of the events that it waits for. */
export const reloadScriptPath = "/_reload.js";
const eventsPath = "/_reload";

/** Put into every page while the site is served from this machine; a file, as the pages' policy wants. */
export const reloadTag = `<script src="${reloadScriptPath}" defer></script>\n`;

/** The page loads anew after a build, and when a server that went away is back. */
const script = `let wasLost = false;
const events = new EventSource(${JSON.stringify(eventsPath)});
events.addEventListener("reload", () => location.reload());
events.addEventListener("error", () => wasLost = true);
events.addEventListener("open", () => wasLost && location.reload());
`;

/** Tells open pages that the site was built anew. */
export class LiveReload {
  readonly #pages = new Set<ReadableStreamDefaultController<Uint8Array>>();
  readonly #encoder = new TextEncoder();

  /** Answers the two addresses, or returns null for any other. */
  answer(request: Request): Response | null {
    const { pathname } = new URL(request.url);
    if (pathname === reloadScriptPath) {
      return new Response(script, {
        headers: { "content-type": "text/javascript; charset=utf-8", "cache-control": "no-store" },
      });
    }
    if (pathname !== eventsPath) return null;
    let page: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        page = controller;
        this.#pages.add(page);
        page.enqueue(this.#encoder.encode("retry: 500\n\n"));
      },
      cancel: () => void this.#pages.delete(page),
    });
    return new Response(body, {
      headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
    });
  }

  reload(): void {
    for (const page of this.#pages) page.enqueue(this.#encoder.encode("event: reload\ndata:\n\n"));
  }

  /** Ends all waiting answers, so that a server can shut down. */
  close(): void {
    for (const page of this.#pages) page.close();
    this.#pages.clear();
  }
}
