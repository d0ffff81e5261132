/**
 * What is wrong with a file, for callers that react to it:
 *
 * - `empty`: no byte arrived
 * - `foreign`: not a file of this format at all (a 404 page, a text file, …)
 * - `version`: written by a newer weightscan
 * - `cut`: ends before its end record
 * - `trailing`: goes on after its end record
 * - `damaged`: bytes changed after writing (checksum, digest, broken MessagePack)
 * - `invalid`: well-formed MessagePack that does not say what the format wants
 * - `limit`: asks for more than the format's limits allow
 */
export type FormatErrorCode =
  | "empty"
  | "foreign"
  | "version"
  | "cut"
  | "trailing"
  | "damaged"
  | "invalid"
  | "limit";

const mends: { readonly [code in FormatErrorCode]: string } = {
  empty: "Fetch the file again, or scan the prompt again with --force.",
  foreign: "Check the address: it must lead to a .msgpack file that weightscan wrote.",
  version: "Update weightscan, or scan the prompt again with this version.",
  cut: "Fetch the file again: the transfer or the writer was interrupted.",
  trailing: "Fetch the file again: something was appended to it.",
  damaged: "Fetch the file again: bytes were changed on the way or on disk.",
  invalid: "Scan the prompt again with --force; if it stays, report a bug of the writer.",
  limit: "Scan the prompt again with fewer particles, tokens or layers.",
};

/** A frame or side file that cannot be read; the message says why and what to do about it. */
export class FormatError extends SyntaxError {
  override readonly name = "FormatError";

  /**
   * @param source what is being read, as the user knows it (path or address)
   * @param expected what the format wants there
   * @param got what was found
   */
  constructor(
    readonly code: FormatErrorCode,
    readonly source: string,
    expected: string,
    got: string,
    options?: ErrorOptions,
  ) {
    super(`Cannot read "${source}": expected ${expected}, got ${got}. ${mends[code]}`, options);
  }
}
