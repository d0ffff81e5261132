/**
 * What of a comparison is in the address, besides what a scan has there:
 * `#layer=7&view=beside&blend=0.4&ghost=off&arrows=on&aligned=warped&space=difference&cell=7,5`.
 * The rules are those of `url_state.ts`.
 */

import {
  type Alignment,
  alignments,
  type Arrangement,
  arrangements,
  type PairSession,
  type Space,
  spaces,
} from "./pair_session.ts";
import { noSelection } from "./selection.ts";
import { pairColourings } from "./settings.ts";
import {
  applyLink,
  defaultLinkState,
  formatHash,
  linkOf,
  type LinkState,
  parseHash,
  readChoice,
  readNumber,
  readSwitch,
  trim,
} from "./url_state.ts";

/** The part of a comparison's state that a link carries. */
export interface PairLinkState extends LinkState {
  readonly arrangement: Arrangement;
  readonly blend: number;
  readonly ghost: boolean;
  readonly arrows: boolean;
  readonly aligned: Alignment;
  readonly space: Space;
  /** The chosen cell; chosen particles are not linked. */
  readonly cell: { readonly frame: number; readonly rung: number } | null;
}

export const defaultPairLinkState: PairLinkState = {
  ...defaultLinkState,
  colour: "displacement",
  arrangement: "together",
  blend: 0,
  ghost: true,
  arrows: false,
  aligned: "layers",
  space: "picture",
  cell: null,
};

const ownKeys = ["view", "blend", "ghost", "arrows", "aligned", "space", "cell"];

/** Reads a hash, with or without its `#`. Never throws. */
export function parsePairHash(hash: string): PairLinkState {
  const found = new URLSearchParams(hash.replace(/^#/, ""));
  const fallback = defaultPairLinkState;
  return {
    ...parseHash(hash, pairColourings, fallback),
    arrangement: readChoice(found.get("view"), arrangements) ?? fallback.arrangement,
    blend: readNumber(found.get("blend"), 0, 1) ?? fallback.blend,
    ghost: readSwitch(found.get("ghost")) ?? fallback.ghost,
    arrows: readSwitch(found.get("arrows")) ?? fallback.arrows,
    aligned: readChoice(found.get("aligned"), alignments) ?? fallback.aligned,
    space: readChoice(found.get("space"), spaces) ?? fallback.space,
    cell: readCell(found.get("cell")),
  };
}

/** Writes a hash, "" where all is default. @param present the hash that is there now */
export function formatPairHash(state: PairLinkState, present = ""): string {
  const fallback = defaultPairLinkState;
  const found = new URLSearchParams(present.replace(/^#/, ""));
  for (const key of ownKeys) found.delete(key);
  const parts = [formatHash(state, `#${found}`, fallback).slice(1)];
  const onOff = (on: boolean) => on ? "on" : "off";
  if (state.arrangement !== fallback.arrangement) parts.push(`view=${state.arrangement}`);
  if (state.blend !== fallback.blend) parts.push(`blend=${trim(state.blend, 2)}`);
  if (state.ghost !== fallback.ghost) parts.push(`ghost=${onOff(state.ghost)}`);
  if (state.arrows !== fallback.arrows) parts.push(`arrows=${onOff(state.arrows)}`);
  if (state.aligned !== fallback.aligned) parts.push(`aligned=${state.aligned}`);
  if (state.space !== fallback.space) parts.push(`space=${state.space}`);
  if (state.cell !== null) parts.push(`cell=${state.cell.frame},${state.cell.rung}`);
  const text = parts.filter((part) => part !== "").join("&");
  return text === "" ? "" : `#${text}`;
}

/** Puts a link's state into a session; the layer is the caller's business. */
export function applyPairLink(state: PairLinkState, pair: PairSession): void {
  applyLink(state, pair.settings);
  pair.arrange(state.arrangement);
  pair.blendTo(state.blend, true);
  pair.ghost.value = state.ghost;
  pair.arrows.value = state.arrows;
  pair.aligned.value = state.aligned;
  pair.space.value = state.space;
  if (state.cell !== null) pair.selection.value = { kind: "cell", ...state.cell };
  else if (pair.selection.value.kind === "cell") pair.selection.value = noSelection;
}

/** The link to a session's state at a layer. */
export function pairLinkOf(pair: PairSession, layer: number | null): PairLinkState {
  const selection = pair.selection.value;
  return {
    ...linkOf(pair.settings, layer),
    arrangement: pair.arrangement.value,
    blend: pair.blendTarget,
    ghost: pair.ghost.value,
    arrows: pair.arrows.value,
    aligned: pair.aligned.value,
    space: pair.space.value,
    cell: selection.kind === "cell" ? { frame: selection.frame, rung: selection.rung } : null,
  };
}

/** `frame,rung` */
function readCell(text: string | null): PairLinkState["cell"] {
  const match = /^(\d{1,4}),(\d{1,5})$/.exec(text ?? "");
  return match === null ? null : { frame: Number(match[1]), rung: Number(match[2]) };
}
