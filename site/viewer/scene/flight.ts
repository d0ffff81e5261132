import type { CameraPose } from "../settings.ts";
import { easeOut } from "../timeline.ts";

/** A camera's way from one pose to another: the short way round, slower towards its end. */
export class Flight {
  readonly to: CameraPose;
  #elapsedMs = 0;

  constructor(readonly from: CameraPose, to: CameraPose, readonly durationMs: number) {
    const turns = Math.round((to.azimuth - from.azimuth) / (2 * Math.PI));
    this.to = { ...to, azimuth: to.azimuth - turns * 2 * Math.PI };
  }

  get done(): boolean {
    return this.#elapsedMs >= this.durationMs;
  }

  /** Lets time pass. @returns where the camera is then */
  advance(elapsedMs: number): CameraPose {
    this.#elapsedMs += elapsedMs;
    if (this.done) return this.to;
    const { from, to } = this;
    const t = easeOut(this.#elapsedMs / this.durationMs);
    const between = (a: number, b: number) => a + (b - a) * t;
    return {
      azimuth: between(from.azimuth, to.azimuth),
      polar: between(from.polar, to.polar),
      // Each moment comes nearer by the same factor.
      zoom: from.zoom * Math.pow(to.zoom / from.zoom, t),
      target: [
        between(from.target[0], to.target[0]),
        between(from.target[1], to.target[1]),
        between(from.target[2], to.target[2]),
      ],
    };
  }
}
