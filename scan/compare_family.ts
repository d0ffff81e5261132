import type { EncodedMember } from "./encoder/mod.ts";
import { composeScan, type MemberScan } from "./compose_scan.ts";
import type { Pair, Scan } from "./format/mod.ts";
import type { Family } from "./collection/mod.ts";
import { visibleChange } from "./measure/mod.ts";
import type { LanguageModel, Reading } from "./model/types.ts";
import type { OnProgress } from "./onnx/engine.ts";
import { analysePair, checkSoundness, patchCells, withNullBand } from "./pair/mod.ts";
import type { DifferenceView, PairSide } from "./pair/types.ts";

/** Two members of a family compared, before it is written. */
export interface MemberPair {
  /** Places in the family, a < b. */
  readonly a: number;
  readonly b: number;
  readonly pair: Pair;
  /** Both scans in the space of their difference; null where their particles do not correspond. */
  readonly difference: { readonly a: Scan; readonly b: Scan } | null;
}
