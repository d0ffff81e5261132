/** A kind of file, told by its first bytes. */
export interface Kind {
  /** Ten ASCII characters, so that the version is the 13th byte of every file. */
  readonly magic: "weightscan" | "weightlens" | "weightpair";
  /** What a reader of this program calls it. */
  readonly noun: string;
}

export const scanKind: Kind = { magic: "weightscan", noun: "frame file of weightscan" };
export const lensKind: Kind = { magic: "weightlens", noun: "lens file of weightscan" };
export const pairKind: Kind = { magic: "weightpair", noun: "pair file of weightscan" };
