import type { Carrier, Finding, PairHeader, PairLayer } from "../format/pair_types.ts";
import { findGaps, findStrongestCell } from "./carriers.ts";
import { firstAbove } from "./divergence.ts";
import { isSame } from "./ladder.ts";

type Compared = Omit<PairHeader, "finding">;

/** Carriers that a sentence names. */
const mostNamed = 3;
/** Nats below which a gain is none. */
const leastGain = 0.05;
/** Nats that a rival has to gain before it is said who carries it. */
const tellingGain = 1;
/** Displacement from the change on that exceeds the tokens' own share by less says nothing about the place. */
const tellingExcess = 0.05;
/** R² of the picture's motion below which it hides the change. */
const faint = 0.25;

/** Whether each rung holds the same token of both prompts. [nRungs] */
export function sameTokens({ ladder, a, b }: Pick<PairHeader, "ladder" | "a" | "b">): boolean[] {
  const [idsA, idsB] = [a, b].map(({ tokens }) => tokens.map(({ id }) => id));
  return ladder.map((rung) => isSame(rung, idsA, idsB));
}

/**
 * A finding in one to three sentences: what happens to the answer and which tokens carry it, how far
 * the states diverge, and what of it the geometry shows. It says what the numbers say and no more.
 */
export function sayFinding(
  header: Compared,
  layers: readonly PairLayer[],
  finding: Omit<Finding, "sentence">,
): string {
  if (header.firstChange === header.ladder.length) {
    return "The two prompts are the same to the model: nothing differs.";
  }
  return [
    finding.kind === "stays" ? sayStay(header, layers, finding) : sayTurn(header, layers, finding),
    saySpread(header, layers, finding),
    sayGeometry(header, layers, finding),
  ].filter((sentence) => sentence !== "").join(" ");
}

function sayTurn(
  header: Compared,
  layers: readonly PairLayer[],
  { kind, turnsAt, carriers }: Omit<Finding, "sentence">,
): string {
  const { contrast, layers: names } = header;
  const turn = `The answer turns from ${quote(contrast.a.text)} to ${quote(contrast.b.text)}` +
    (turnsAt === null ? "" : ` at ${placeOf(names, turnsAt)}`) +
    sayBias(header, layers, turnsAt);
  if (kind === "turns") return `${turn}; ${sayCarriers(header, carriers, layers.length)}.`;
  const strongest = findStrongestCell({ ladder: header.ladder, same: sameTokens(header) }, layers);
  if (strongest === null) return `${turn}; what carries it was not measured.`;
  const { rung, frame, share } = strongest;
  return `${turn}; between the embedding and the last layer no single token carries half of it, ` +
    `${nameOf(header, rung)} at ${placeOf(names, frame)} the most, with ${percent(share)}.`;
}

/** The turn may be the first prompt's: where both have leaned towards the second's answer and it leaves. */
function sayBias(
  { contrast }: Compared,
  layers: readonly PairLayer[],
  turnsAt: number | null,
): string {
  if (turnsAt === null || turnsAt === 0) return "";
  const { a, b } = layers[turnsAt - 1].race;
  return a < 0 && b < 0 ? ` (before, both prompts lean towards ${quote(contrast.b.text)})` : "";
}

function sayStay(
  header: Compared,
  layers: readonly PairLayer[],
  { carriers }: Omit<Finding, "sentence">,
): string {
  const { contrast: { a, b, logitDifference } } = header;
  const stay = `Both prompts have the answer ${quote(a.text)}`;
  if (a.id === b.id) return `${stay}.`;
  const gain = logitDifference.a - logitDifference.b;
  if (!(gain >= leastGain)) return `${stay}, and no other guess gains on it.`;
  const race = `${stay}; ${quote(b.text)} gains most on it, ${nats(gain)}, and stays ` +
    `${nats(logitDifference.b)} behind`;
  if (gain < tellingGain || carriers.length === 0) return `${race}.`;
  return `${race}; ${sayCarriers(header, carriers, layers.length)}.`;
}

/** The carriers in the order of the layers, the strongest where there are too many to name. */
function sayCarriers(header: Compared, all: readonly Carrier[], nFrames: number): string {
  const weight = ({ from, to, share }: Carrier) => share * (to - from + 1);
  const named = [...all].sort((x, y) => weight(y) - weight(x)).slice(0, mostNamed);
  const parts = all.filter((carrier) => named.includes(carrier)).map((carrier, i, list) => {
    const place = stretch(header.layers, carrier, nFrames);
    const name = nameOf(header, carrier.rung);
    if (i === 0) return `${percent(carrier.share)} of it is carried by the token ${name} ${place}`;
    const next = carrier.from > list[i - 1].to ? "then" : "and";
    return `${next} ${percent(carrier.share)} by ${name} ${place}`;
  });
  const rest = all.length - named.length;
  const others = rest === 0
    ? ""
    : `, with ${rest === 1 ? "one weaker stretch" : `${rest} weaker stretches`} besides`;
  const gaps = findGaps(all, nFrames).map((gap) => stretch(header.layers, gap, nFrames));
  const between = gaps.length > 0 ? `; ${joined(gaps)} no single token carries half of it` : "";
  return parts.join(", ") + others + between;
}

function saySpread(
  { nullBand, divergence, ladder, firstChange, layers: names }: Compared,
  layers: readonly PairLayer[],
  { kind }: Omit<Finding, "sentence">,
): string {
  const curve = layers.map(({ spread }) => spread);
  if (!ladder.slice(firstChange).some(({ a, b }) => a !== null && b !== null)) {
    return "From the change on no token of one prompt stands beside one of the other, so that no " +
      "states are compared.";
  }
  if (nullBand !== null) {
    const above = firstAbove(curve, nullBand.spread);
    const control = `a change that should not matter (${nullBand.a} against ${nullBand.b})`;
    if (above === null) return `The states after the change differ no more than under ${control}.`;
    const most = divergence.peak ?? above;
    const times = curve[most] / nullBand.spread[most];
    const much = times >= 1.05 && times < Infinity
      ? `, ${times.toFixed(1)} times as much at ${placeOf(names, most)}`
      : "";
    return `From ${placeOf(names, above)} on the states after the change differ more than under ` +
      `${control}${much}.`;
  }
  if (kind === "turns") return "";
  if (divergence.peak === null) return "The states after the change do not differ.";
  return `The states after the change differ most at ${placeOf(names, divergence.peak)}, by ` +
    `${percent(curve[divergence.peak])} of the mean norm.`;
}

function sayGeometry(
  { b, firstChange, visibleChange, ladder }: Compared,
  layers: readonly PairLayer[],
  { displacedAfter }: Omit<Finding, "sentence">,
): string {
  if (layers.every(({ displaced }) => displaced === null)) {
    return "The particles of the two do not correspond, so that the geometry says nothing about the change.";
  }
  if (layers.every(({ displaced }) => displaced === null || displaced.every((x) => x === 0))) {
    return "The geometry does not show the change: no particle is displaced.";
  }
  const hidden = visibleChange !== null && visibleChange < faint
    ? `the picture shows little of the change: its motion agrees with that of the codes by R² ` +
      `${visibleChange.toFixed(2)}`
    : "";
  const nBefore = ladder.slice(0, firstChange).length;
  if (displacedAfter === null || nBefore === 0) {
    return hidden === "" ? "" : `${hidden[0].toUpperCase()}${hidden.slice(1)}.`;
  }
  const ofTokens = 1 - nBefore / b.tokens.length;
  const belongs =
    `${percent(displacedAfter)} of the particles' displacement belongs to the changed ` +
    `token and those after it, which are ${percent(ofTokens)} of the tokens`;
  const place = displacedAfter - ofTokens < Math.min(tellingExcess, (1 - ofTokens) / 2)
    ? `The geometry does not show where the change is: ${belongs}`
    : `In the geometry ${belongs}`;
  return `${place}${hidden === "" ? "" : `; ${hidden}`}.`;
}

/** A rung's token in quotes, b's where the two differ, with its place, from 1, where the text occurs again. */
function nameOf({ ladder, a, b }: Compared, rung: number): string {
  const { a: inA, b: inB } = ladder[rung];
  const [tokens, at] = inB !== null ? [b.tokens, inB] : [a.tokens, inA ?? 0];
  const { text } = tokens[at];
  const again = tokens.some((token, i) => i !== at && token.text === text);
  if (!again) return quote(text);
  return `${quote(text)} (${at === tokens.length - 1 ? "the last" : `token ${at + 1}`})`;
}

function quote(text: string): string {
  return `“${text.replaceAll("\n", "⏎").replaceAll("\t", "⇥")}”`;
}

function placeOf(names: readonly string[], frame: number): string {
  return frame === 0 ? `the ${names[0]}` : names[frame];
}

/** `at layers 3 to 6`, `up to layer 6`, `from layer 9 on`, … */
function stretch(
  names: readonly string[],
  { from, to }: { readonly from: number; readonly to: number },
  nFrames: number,
): string {
  if (from === 0 && to === nFrames - 1) return "at every layer";
  if (from === 0) return to === 0 ? `at ${placeOf(names, 0)}` : `up to ${placeOf(names, to)}`;
  if (to === nFrames - 1) return from === to ? `at ${names[to]}` : `from ${names[from]} on`;
  if (from === to) return `at ${names[from]}`;
  return `from ${names[from]} to ${names[to]}`;
}

function joined(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join("");
  return `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function nats(difference: number): string {
  return `${difference.toFixed(1)} nats`;
}
