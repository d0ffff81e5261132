import type { Finding, PairHeader, PairLayer } from "../format/pair_types.ts";
import { findCarriers, findGaps } from "./carriers.ts";
import { findTurn } from "./race.ts";
import { sameTokens, sayFinding } from "./sentence.ts";

/** All of a pair's header that a finding is made from. */
export type Compared = Omit<PairHeader, "finding">;

/**
 * States what a comparison found, in numbers and in words. It `turns` where the answers differ and at
 * some layer between the embedding and the last one a single token carries the difference (two layers
 * have none between: there any carrier is enough), it is `spread` where they differ and none does, and
 * `stays` where both prompts have the same answer.
 *
 * @param layers with everything measured
 * @param displacedAfter share of the particles' displacement from the first changed token on, or null
 */
export function stateFinding(
  header: Compared,
  layers: readonly PairLayer[],
  displacedAfter: number | null,
): Finding {
  const plan = { ladder: header.ladder, same: sameTokens(header) };
  const carriers = findCarriers(plan, layers);
  const nInside = Math.max(0, layers.length - 2);
  const nBare = findGaps(carriers, layers.length)
    .reduce((sum, { from, to }) => sum + to - from + 1, 0);
  const carried = nInside > 0 ? nBare < nInside : carriers.length > 0;
  const finding: Omit<Finding, "sentence"> = {
    kind: header.contrast.kind === "rival" ? "stays" : carried ? "turns" : "spread",
    turnsAt: header.contrast.kind === "rival" ? null : findTurn(layers.map(({ race }) => race)),
    carriers,
    displacedAfter,
  };
  return { ...finding, sentence: sayFinding(header, layers, finding) };
}
