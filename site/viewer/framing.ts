/** Which part of projection space a stage shows, as the playhead moves. */

import type { FrameShape } from "./session.ts";
import type { Playhead } from "./timeline.ts";

/** How much a frame's own size counts for how large it is shown, 0 … 1. */
const ownShare = 0.45;
/** How fast a wider frame is made room for. */
const reachMs = 240;

export interface Framing {
  /** Of what is shown, in projection units. */
  readonly centre: readonly [number, number, number];
  readonly radius: number;
}

/** Radius of the widest frame that has arrived, followed smoothly as more arrive. */
export class Reach {
  /** In projection units; 0 before the first frame. */
  widest = 0;

  /** @param cuts whether it goes there at once @returns whether it moved */
  update(shapes: Iterable<FrameShape>, elapsedMs: number, cuts: boolean): boolean {
    let target = 0;
    for (const shape of shapes) target = Math.max(target, shape.extent.radius);
    const before = this.widest;
    const next = cuts || before === 0
      ? target
      : before + (target - before) * (1 - Math.exp(-elapsedMs / reachMs));
    this.widest = Math.abs(target - next) < target * 4e-3 ? target : next;
    return this.widest !== before;
  }

  /**
   * What to show at a playhead; null while its frames have not arrived. The radius lies between a frame's
   * own, which would hide that clouds grow and shrink, and the widest frame's, which would leave small
   * ones lost on the stage.
   */
  frame(shapes: readonly FrameShape[], playhead: Playhead): Framing | null {
    const from = shapes[playhead.from];
    const to = shapes[playhead.to];
    if (from === undefined || to === undefined) return null;
    return mixFramings(
      { centre: from.extent.centre, radius: this.#radiusOf(from) },
      { centre: to.extent.centre, radius: this.#radiusOf(to) },
      playhead.mix,
    );
  }

  #radiusOf(shape: FrameShape): number {
    return Math.pow(shape.extent.radius, ownShare) * Math.pow(this.widest, 1 - ownShare);
  }
}

/** @param mix 0 … 1 */
export function mixFramings(from: Framing, to: Framing, mix: number): Framing {
  const between = (a: number, b: number) => a + (b - a) * mix;
  return {
    centre: [
      between(from.centre[0], to.centre[0]),
      between(from.centre[1], to.centre[1]),
      between(from.centre[2], to.centre[2]),
    ],
    radius: between(from.radius, to.radius),
  };
}
