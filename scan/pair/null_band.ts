import type { Pair } from "../format/pair_types.ts";
import { stateFinding } from "./finding.ts";

/**
 * Lays a control pair's divergence beside a pair: how far a change spreads that does not matter. The
 * finding is stated anew, with it.
 *
 * @param control a pair of the same model
 * @returns a new pair; nothing is changed
 * @throws {TypeError} if the two are of different models
 */
export function withNullBand(pair: Pair, control: Pair): Pair {
  const [ours, theirs] = [pair.header.model.digest, control.header.model.digest];
  if (ours !== theirs || pair.layers.length !== control.layers.length) {
    throw new TypeError(
      `Cannot lay a control beside "${pair.header.a.promptId}" and "${pair.header.b.promptId}": expected ` +
        `${pair.layers.length} frames of model ${ours}, got ${control.layers.length} of ${theirs}. ` +
        `Compare both pairs with one model.`,
    );
  }
  const header = {
    ...pair.header,
    nullBand: {
      a: control.header.a.promptId,
      b: control.header.b.promptId,
      spread: control.layers.map(({ spread }) => spread),
    },
  };
  const finding = stateFinding(header, pair.layers, pair.header.finding.displacedAfter);
  return { header: { ...header, finding }, layers: pair.layers };
}
