/**
 * What of the view is in the address, so that a link shows what its sender saw:
 * `#layer=7&speed=2&colour=density&edges=off&size=1.5&turn=off&stage=light&camera=34,72,1.4`.
 *
 * Only what differs from the default is written. What is missing, unknown or out of range in a hash
 * that somebody typed counts as the default: a link is never a reason for an error.
 */

import { maxSpeed, minSpeed } from "./timeline.ts";
import {
  type CameraPose,
  type Colouring,
  colourings,
  defaultPose,
  maxZoom,
  minZoom,
  samePose,
  type Settings,
  type StageLook,
  stageLooks,
} from "./settings.ts";

/** The part of a viewer's state that a link carries. */
export interface LinkState {
  /** Frame to show paused; null plays from the start. */
  readonly layer: number | null;
  readonly speed: number;
  readonly colour: Colouring;
  readonly edges: boolean;
  readonly pointSize: number;
  readonly turn: boolean;
  readonly stage: StageLook;
  readonly pose: CameraPose;
}

export const defaultLinkState: LinkState = {
  layer: null,
  speed: 1,
  colour: "token",
  edges: true,
  pointSize: 1,
  turn: true,
  stage: "auto",
  pose: defaultPose,
};

const minPointSize = 0.4;
const maxPointSize = 3;
const maxTarget = 5;

/** Keys of a hash that belong to the viewer. */
const ownKeys = ["layer", "speed", "colour", "edges", "size", "turn", "stage", "camera"];

/**
 * Reads a hash, with or without its `#`. Never throws.
 *
 * @param choices the colourings that there are
 * @param fallback what counts where a hash says nothing
 */
export function parseHash(
  hash: string,
  choices: readonly Colouring[] = colourings,
  fallback = defaultLinkState,
): LinkState {
  const found = new URLSearchParams(hash.replace(/^#/, ""));
  return {
    layer: readLayer(found.get("layer")),
    speed: readNumber(found.get("speed"), minSpeed, maxSpeed) ?? fallback.speed,
    colour: readChoice(found.get("colour"), choices) ?? fallback.colour,
    edges: readSwitch(found.get("edges")) ?? fallback.edges,
    pointSize: readNumber(found.get("size"), minPointSize, maxPointSize) ?? fallback.pointSize,
    turn: readSwitch(found.get("turn")) ?? fallback.turn,
    stage: readChoice(found.get("stage"), stageLooks) ?? fallback.stage,
    pose: readPose(found.get("camera")) ?? fallback.pose,
  };
}

/**
 * Writes a hash, "" where all is default.
 *
 * @param state what to write
 * @param present the hash that is there now: pairs that are not the viewer's are kept
 * @param fallback what is not written
 */
export function formatHash(
  state: LinkState,
  present = "",
  fallback = defaultLinkState,
): string {
  const pairs: [string, string][] = [];
  for (const [key, value] of new URLSearchParams(present.replace(/^#/, ""))) {
    // A bare key is an anchor of the page, used up once the page has scrolled to it.
    if (value !== "" && !ownKeys.includes(key)) pairs.push([key, value]);
  }
  if (state.layer !== null) pairs.push(["layer", String(state.layer)]);
  if (state.speed !== fallback.speed) pairs.push(["speed", trim(state.speed, 2)]);
  if (state.colour !== fallback.colour) pairs.push(["colour", state.colour]);
  if (state.edges !== fallback.edges) pairs.push(["edges", state.edges ? "on" : "off"]);
  if (state.pointSize !== fallback.pointSize) pairs.push(["size", trim(state.pointSize, 2)]);
  if (state.turn !== fallback.turn) pairs.push(["turn", state.turn ? "on" : "off"]);
  if (state.stage !== fallback.stage) pairs.push(["stage", state.stage]);
  if (!samePose(state.pose, fallback.pose)) pairs.push(["camera", formatPose(state.pose)]);
  const text = pairs.map(([key, value]) =>
    `${encodeURIComponent(key)}=${encodeURIComponent(value).replaceAll("%2C", ",")}`
  ).join("&");
  return text === "" ? "" : `#${text}`;
}

/** Puts a link's settings into a viewer's; the layer is the caller's business. */
export function applyLink(state: LinkState, settings: Settings): void {
  settings.speed.value = state.speed;
  settings.colour.value = state.colour;
  settings.edges.value = state.edges;
  settings.pointSize.value = state.pointSize;
  settings.turn.value = state.turn;
  settings.stage.value = state.stage;
  settings.pose.value = state.pose;
}

/** The link to a viewer's settings at a layer. */
export function linkOf(settings: Settings, layer: number | null): LinkState {
  return {
    layer,
    speed: settings.speed.value,
    colour: settings.colour.value,
    edges: settings.edges.value,
    pointSize: settings.pointSize.value,
    turn: settings.turn.value,
    stage: settings.stage.value,
    pose: settings.pose.value,
  };
}

function readLayer(text: string | null): number | null {
  return text !== null && /^\d{1,4}$/.test(text) ? Number(text) : null;
}

/** A decimal number within bounds; null for all else. */
export function readNumber(text: string | null, min: number, max: number): number | null {
  if (text === null || !/^-?\d+(\.\d+)?$/.test(text)) return null;
  const value = Number(text);
  return value >= min && value <= max ? value : null;
}

/** `on` or `off`. */
export function readSwitch(text: string | null): boolean | null {
  return text === "on" ? true : text === "off" ? false : null;
}

/** One of some words. */
export function readChoice<T extends string>(text: string | null, choices: readonly T[]): T | null {
  return choices.find((choice) => choice === text) ?? null;
}

/** `azimuth,polar,zoom` or with `,x,y,z` of the target; angles in degrees. */
function readPose(text: string | null): CameraPose | null {
  const parts = (text ?? "").split(",");
  if (parts.length !== 3 && parts.length !== 6) return null;
  const azimuth = readNumber(parts[0], -180, 180);
  const polar = readNumber(parts[1], 0, 180);
  const zoom = readNumber(parts[2], minZoom, maxZoom);
  if (azimuth === null || polar === null || zoom === null) return null;
  const target: [number, number, number] = [0, 0, 0];
  for (let axis = 0; axis < 3 && parts.length === 6; axis++) {
    const value = readNumber(parts[3 + axis], -maxTarget, maxTarget);
    if (value === null) return null;
    target[axis] = value;
  }
  return { azimuth: toRadians(azimuth), polar: toRadians(polar), zoom, target };
}

function formatPose(pose: CameraPose): string {
  const turns = Math.round(pose.azimuth / (2 * Math.PI));
  const numbers = [
    trim(toDegrees(pose.azimuth - turns * 2 * Math.PI), 1),
    trim(toDegrees(pose.polar), 1),
    trim(pose.zoom, 2),
  ];
  const target = pose.target.map((value) => trim(value, 2));
  return [...numbers, ...(target.some((value) => value !== "0") ? target : [])].join(",");
}

/** Shortest decimal of at most `digits` places, never in exponents, never "-0". */
export function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)) + 0);
}

function toRadians(degrees: number): number {
  return degrees * Math.PI / 180;
}

function toDegrees(radians: number): number {
  return radians * 180 / Math.PI;
}
