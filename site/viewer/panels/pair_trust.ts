import { make } from "../dom.ts";
import { formatShare } from "../heat.ts";
import { formatNumber } from "../text.ts";
import { withPair } from "./with_pair.ts";

/** The figures that say how far a comparison can be trusted. */
export const pairTrust = withPair(({ header }) => {
  const { visibleChange, differenceExplained, finding, massiveChannels, nullBand } = header;
  const readings: [name: string, value: string, meaning: string][] = [];
  if (visibleChange !== null) {
    readings.push([
      "Visible change",
      formatNumber(visibleChange),
      "How well what moves in the picture follows what moves in the particles (1: in proportion).",
    ]);
  }
  if (differenceExplained !== null) {
    readings.push([
      "Difference in three directions",
      formatShare(differenceExplained),
      "Of the difference's variance, what its three strongest directions hold: the difference view shows these.",
    ]);
  }
  if (finding.displacedAfter !== null) {
    readings.push([
      "Displaced from the change on",
      formatShare(finding.displacedAfter),
      "Of all displacement of particles, what belongs to the changed tokens and those after them.",
    ]);
  }
  readings.push([
    "Massive channels",
    String(massiveChannels.length),
    massiveChannels.length === 0
      ? "No channel is so large that it hides the others: with and without them is the same."
      : `Left out where it says so: ${massiveChannels.join(", ")} of ${header.model.dModel}.`,
  ]);
  readings.push([
    "Control",
    nullBand === null ? "none" : "yes",
    nullBand === null
      ? "The family has no change that should not matter: how much spread is normal is not known."
      : `The band is the spread between ${nullBand.a} and ${nullBand.b}.`,
  ]);
  return [
    make(
      "dl",
      { class: "readings" },
      ...readings.map(([name, value, meaning]) =>
        make(
          "div",
          {},
          make("dt", {}, name),
          make("dd", { class: "reading-value" }, value),
          make("dd", { class: "reading-meaning" }, meaning),
        )
      ),
    ),
  ];
});
