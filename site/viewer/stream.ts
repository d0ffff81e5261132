/**
 * Brings a scan's files to the viewer while they arrive. Knows addresses, retries and what to tell the
 * reader when something fails; the bytes are `scan/format`'s business.
 */

import { readScan, type ScanEvent } from "../../scan/format/decode.ts";
import { decodeLens } from "../../scan/format/decode_lens.ts";
import { decodePair } from "../../scan/format/decode_pair.ts";
import { FormatError } from "../../scan/format/errors.ts";
import type { Pair } from "../../scan/format/pair_types.ts";
import type { Header, LensGrid } from "../../scan/format/types.ts";

/**
 * What went wrong, for words and for the question whether trying again can help:
 *
 * - `missing`: the server has no such file
 * - `refused`: the server answered with another error
 * - `network`: no answer, or the connection broke
 * - `cut`: the file ended too early
 * - `broken`: not a sound file of this format
 * - `newer`: written by a newer version than this page's
 * - `changed`: replaced on the server while it was read
 */
export type LoadFault =
  | "missing"
  | "refused"
  | "network"
  | "cut"
  | "broken"
  | "newer"
  | "changed";

const sentences: { readonly [fault in LoadFault]: string } = {
  missing: "This scan's file is not on the server.",
  refused: "The server would not hand out this scan's file.",
  network: "The connection failed before this scan had arrived.",
  cut: "This scan's file ended too early.",
  broken: "This scan's file is damaged or not a frame file.",
  newer: "This scan was written by a newer version than this page can read. Reload the page.",
  changed: "This scan was replaced while it was loading. Reload the page.",
};

/** A file that did not arrive; `message` is for the console, `sentence` for the reader. */
export class LoadError extends Error {
  override readonly name = "LoadError";

  constructor(readonly fault: LoadFault, url: string, detail: string, options?: ErrorOptions) {
    super(`Cannot load "${url}": ${detail}`, options);
  }

  get sentence(): string {
    return sentences[this.fault];
  }
}

export interface StreamOptions {
  readonly signal?: AbortSignal;
  /** Defaults to the browser's. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Pauses before each further try; the length is the number of further tries. */
  readonly retryDelaysMs?: readonly number[];
}

const defaultRetryDelaysMs = [500, 2000];

/**
 * Tells a scan's header and frames as they arrive. After a broken connection it asks again and goes on
 * where it was; what was told is not told twice.
 *
 * @throws {LoadError} when the file cannot be had
 * @throws {DOMException} `AbortError` when the signal stops it
 */
export async function* streamScan(
  url: string,
  options: StreamOptions = {},
): AsyncGenerator<ScanEvent, void, void> {
  const delaysMs = options.retryDelaysMs ?? defaultRetryDelaysMs;
  let header: Header | null = null;
  let told = 0;

  for (let attempt = 0;; attempt++) {
    try {
      const body = await open(url, options);
      for await (const event of readScan(body, { source: url })) {
        options.signal?.throwIfAborted();
        if (event.type === "header") {
          if (header === null) {
            header = event.header;
            yield event;
          } else if (JSON.stringify(header) !== JSON.stringify(event.header)) {
            throw new LoadError("changed", url, "its header differs from the first try's");
          }
        } else if (event.type === "end") {
          yield event;
        } else if (event.index === told) {
          told++;
          yield event;
        }
      }
      return;
    } catch (error) {
      options.signal?.throwIfAborted();
      const fault = toLoadError(error, url);
      if (!isPassing(fault.fault) || attempt >= delaysMs.length) throw fault;
      await pause(delaysMs[attempt], options.signal);
    }
  }
}

/**
 * Fetches the lens of every token and layer.
 *
 * @throws as {@linkcode streamScan}
 */
export function fetchLens(url: string, options: StreamOptions = {}): Promise<LensGrid> {
  return fetchWhole(url, decodeLens, options);
}

/**
 * Fetches the comparison of two prompts.
 *
 * @throws as {@linkcode streamScan}
 */
export function fetchPair(url: string, options: StreamOptions = {}): Promise<Pair> {
  return fetchWhole(url, decodePair, options);
}

/** A side file, asked for once and read when it is there. */
async function fetchWhole<T>(
  url: string,
  decode: (bytes: Uint8Array<ArrayBuffer>, options: { source: string }) => Promise<T>,
  options: StreamOptions,
): Promise<T> {
  try {
    const body = await open(url, options);
    return await decode(new Uint8Array(await new Response(body).arrayBuffer()), { source: url });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw toLoadError(error, url);
  }
}

/** Whether the same request may well succeed a moment later. */
function isPassing(fault: LoadFault): boolean {
  return fault === "network" || fault === "refused" || fault === "cut";
}

async function open(
  url: string,
  options: StreamOptions,
): Promise<ReadableStream<Uint8Array>> {
  const get = options.fetch ?? ((address: string, init: RequestInit) => fetch(address, init));
  const response = await get(url, { signal: options.signal });
  if (!response.ok) {
    await response.body?.cancel();
    const gone = response.status === 404 || response.status === 410;
    throw new LoadError(
      gone ? "missing" : "refused",
      url,
      `the server answered ${response.status}`,
    );
  }
  if (response.body === null) throw new LoadError("cut", url, "the answer is empty");
  return response.body;
}

function toLoadError(error: unknown, url: string): LoadError {
  if (error instanceof LoadError) return error;
  if (error instanceof FormatError) {
    const fault = error.code === "version"
      ? "newer"
      : error.code === "cut" || error.code === "empty"
      ? "cut"
      : "broken";
    return new LoadError(fault, url, error.message, { cause: error });
  }
  const detail = error instanceof Error ? error.message : String(error);
  return new LoadError("network", url, detail, { cause: error });
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
