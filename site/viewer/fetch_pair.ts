import type { Pair } from "../../scan/format/pair_types.ts";
import { LoadError, type StreamOptions } from "./stream.ts";

/** Fetches a pair's side file. @throws {LoadError} */
export function fetchPair(url: string, _options: StreamOptions = {}): Promise<Pair> {
  return Promise.reject(new LoadError("newer", url, "expected a reader of pairs, got none"));
}
