import type { PairAction } from "./pair_keys.ts";
import type { PairSession } from "./pair_session.ts";
import { performOnStage } from "./perform.ts";
import { noSelection } from "./selection.ts";
import { pairColourings } from "./settings.ts";

/** How far a key moves the blend. */
const blendStep = 0.1;

/**
 * Does what a key means on a stage with two scans.
 *
 * @param atOnce whether nothing glides
 * @returns false where there was nothing to do: the key is left to others
 */
export function performOnPair(
  action: PairAction,
  pair: PairSession,
  camera: Parameters<typeof performOnStage>[2],
  atOnce: boolean,
  showShortcuts: () => void,
): boolean {
  switch (action) {
    case "showA":
      pair.blendTo(0, atOnce);
      return true;
    case "showB":
      pair.blendTo(1, atOnce);
      return true;
    case "towardsA":
      pair.blendTo(stepped(pair.blendTarget, -1), atOnce);
      return true;
    case "towardsB":
      pair.blendTo(stepped(pair.blendTarget, 1), atOnce);
      return true;
    case "arrange":
      pair.arrange(pair.arrangement.value === "beside" ? "together" : "beside");
      return true;
    case "ghost":
      pair.ghost.value = !pair.ghost.value;
      return true;
    case "arrows":
      pair.arrows.value = !pair.arrows.value;
      return true;
    case "align":
      if (pair.pair.value === null) return false;
      pair.aligned.value = pair.aligned.value === "warped" ? "layers" : "warped";
      return true;
    case "space":
      if (!pair.hasDifference) return false;
      pair.space.value = pair.space.value === "difference" ? "picture" : "difference";
      return true;
    case "nextToken":
      walk(pair, 1);
      return true;
    case "previousToken":
      walk(pair, -1);
      return true;
    case "chooseNone":
      if (pair.selection.value.kind === "none") return false;
      pair.selection.value = noSelection;
      return true;
    default:
      performOnStage(action, pair, camera, pairColourings, showShortcuts);
      return true;
  }
}

/** The next tenth. */
function stepped(place: number, direction: 1 | -1): number {
  const tenths = place / blendStep;
  const next = direction > 0 ? Math.floor(tenths + 1 + 1e-6) : Math.ceil(tenths - 1 - 1e-6);
  return next * blendStep;
}

/** Chooses the particles of the rung after or before the chosen one, round and round. */
function walk(pair: PairSession, direction: 1 | -1): void {
  const n = pair.ladder.length;
  if (n === 0) return;
  const chosen = [...pair.rungsOf(pair.selection.value)];
  const start = chosen.length === 0
    ? direction > 0 ? -1 : n
    : direction > 0
    ? Math.max(...chosen)
    : Math.min(...chosen);
  for (let step = 1; step <= n; step++) {
    const rung = (start + direction * step + 2 * n) % n;
    pair.chooseRung(rung);
    if (pair.selection.value.kind !== "none") return;
  }
}
