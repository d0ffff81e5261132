/** What a reader can set, with its defaults; each setting is followed by whoever draws it. */

import { Tracked } from "./state.ts";

/** What a particle's colour says; see palette.ts for the scales. */
export const colourings = ["token", "motion", "identity", "density"] as const;

/** What it can say of a comparison besides: how far a particle is displaced, and whether more than those around it. */
export const pairColourings = ["displacement", "standout", ...colourings] as const;

export type Colouring = typeof pairColourings[number];

/** The stage: as the page's theme has it, or one of the two looks. */
export const stageLooks = ["auto", "dark", "light"] as const;
export type StageLook = typeof stageLooks[number];

/** Where the camera is, independent of the stage's size. */
export interface CameraPose {
  /** Around the vertical axis, in radians. */
  readonly azimuth: number;
  /** From the vertical axis, in radians, 0 … π. */
  readonly polar: number;
  /** 1 shows the whole cloud, 2 is twice as near. */
  readonly zoom: number;
  /** What the camera looks at, in cloud radii from the cloud's centre. */
  readonly target: readonly [number, number, number];
}

export const defaultPose: CameraPose = {
  azimuth: 0.6,
  polar: 1.25,
  zoom: 1,
  target: [0, 0, 0],
};

export const minZoom = 0.4;
export const maxZoom = 12;

/** All settings of one viewer. */
export interface Settings {
  readonly colour: Tracked<Colouring>;
  readonly edges: Tracked<boolean>;
  readonly speed: Tracked<number>;
  /** Factor on the particles' size. */
  readonly pointSize: Tracked<number>;
  /** Whether the view turns slowly while layers play. */
  readonly turn: Tracked<boolean>;
  readonly stage: Tracked<StageLook>;
  readonly pose: Tracked<CameraPose>;
}

export function makeSettings(colour: Colouring = "token"): Settings {
  return {
    colour: new Tracked(colour),
    edges: new Tracked(true),
    speed: new Tracked(1),
    pointSize: new Tracked(1),
    turn: new Tracked(true),
    stage: new Tracked<StageLook>("auto"),
    pose: new Tracked(defaultPose, samePose),
  };
}

/** Whether two poses look the same to within what the address bar keeps. */
export function samePose(a: CameraPose, b: CameraPose): boolean {
  return Math.abs(a.azimuth - b.azimuth) < 1e-4 && Math.abs(a.polar - b.polar) < 1e-4 &&
    Math.abs(a.zoom - b.zoom) < 1e-4 &&
    a.target.every((value, axis) => Math.abs(value - b.target[axis]) < 1e-4);
}
