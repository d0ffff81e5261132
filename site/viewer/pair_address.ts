import type { Addressed } from "./address.ts";
import type { PairSession } from "./pair_session.ts";
import { applyPairLink, formatPairHash, pairLinkOf, parsePairHash } from "./pair_url_state.ts";

/** A comparison's state in the address. */
export function pairAddressOf(pair: PairSession): Addressed {
  return {
    session: pair.a,
    read(hash) {
      const link = parsePairHash(hash);
      applyPairLink(link, pair);
      return link.layer;
    },
    write: (layer, present) => formatPairHash(pairLinkOf(pair, layer), present),
    follows: [
      ...Object.values(pair.settings),
      pair.arrangement,
      pair.blend,
      pair.ghost,
      pair.arrows,
      pair.aligned,
      pair.space,
      pair.selection,
    ],
  };
}
