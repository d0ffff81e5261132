/** What the particles' colours show in a comparison. */

import { type Domain, motionOf, quantile } from "./cloud_data.ts";
import { followPath } from "./frame_path.ts";
import { type Paint, paintOf, toLog, toLogs } from "./paint.ts";
import type { PairSession } from "./pair_session.ts";
import { rungOfTokens, type Side } from "./selection.ts";
import type { Colouring } from "./settings.ts";

/** High end of the displacement's scale over its low end, at most: what is less counts as not displaced. */
const widestScale = 24;

/** The setting, or what stands in where a pair's files do not tell what it wants. */
export function pairColouring(pair: PairSession): Colouring {
  const wanted = pair.settings.colour.value;
  if (wanted !== "displacement" && wanted !== "standout") return pair.shown.a.colouring;
  if (pair.correspondence.value.kind === "different") return pair.shown.a.colouring;
  const known = pair.pair.value?.layers.some(({ standout }) => standout !== null) ?? false;
  return wanted === "standout" && known ? "standout" : "displacement";
}

/** Particles' displacements in the pair's frames, and the scales that hold them. */
export class PairPaints {
  readonly #pair: PairSession;
  /** In the picture, by frames of a and b and by whose shapes they are. */
  #inPicture = new Map<string, Float32Array>();
  #of: unknown = null;
  #inCodes: { readonly of: unknown; readonly domain: Domain } | null = null;

  constructor(pair: PairSession) {
    this.#pair = pair;
  }

  paintOf(side: Side): Paint {
    const pair = this.#pair;
    const colouring = pairColouring(pair);
    if (colouring === "standout") {
      return {
        colouring,
        domain: [0, 1],
        flip: false,
        valuesOf: (frame) => pair.pair.value?.layers[frame]?.standout ?? null,
      };
    }
    if (colouring === "displacement") {
      return {
        colouring,
        domain: toLogs(this.displacementDomain()),
        flip: false,
        valuesOf: (frame) => this.#displaced(side, frame)?.map(toLog) ?? null,
      };
    }
    const own = paintOf(pair.shown[side]);
    if (colouring !== "token") {
      return {
        ...own,
        domain: joined(own.domain, paintOf(pair.shown[side === "a" ? "b" : "a"]).domain),
      };
    }
    // Aligned tokens have one colour, also where their places in the prompts differ.
    const { ladder } = pair;
    const rungs = rungOfTokens(ladder, side);
    return {
      ...own,
      domain: [0, Math.max(1, ladder.length - 1)],
      valuesOf: (frame) => {
        const reads = own.valuesOf(frame);
        return reads && Float32Array.from(reads, (token) => rungs[token] ?? token);
      },
    };
  }

  /** Whether displacement is told in the units of the codes; else of the projection. */
  get isInCodes(): boolean {
    const { pair, aligned } = this.#pair;
    return aligned.value === "layers" &&
      (pair.value?.layers.some(({ displaced }) => displaced !== null) ?? false);
  }

  /** Ends of the displacement's scale. */
  displacementDomain(): Domain {
    if (!this.isInCodes) return this.pictureDomain();
    const of = this.#pair.pair.value;
    if (this.#inCodes?.of !== of) {
      const all = of?.layers.flatMap(({ displaced }) => displaced ?? []) ?? [];
      this.#inCodes = { of, domain: domainOf(all) };
    }
    return this.#inCodes?.domain ?? [0, 1];
  }

  /** Ends of a scale that holds all displacements in the picture whose frames have arrived. */
  pictureDomain(): Domain {
    const { shown, clock } = this.#pair;
    const all: Float32Array[] = [];
    shown.a.shapes.forEach((_, a) => {
      const way = this.inPicture(a, Math.round(followPath(clock.path, a)));
      if (way !== null) all.push(way);
    });
    return domainOf(all);
  }

  /** How far each particle is from a's frame to b's, in projection units. [nParticles] */
  inPicture(a: number, b: number): Float32Array | null {
    const { shown, correspondence } = this.#pair;
    const [from, to] = [shown.a.shapes[a]?.frame, shown.b.shapes[b]?.frame];
    if (from === undefined || to === undefined || correspondence.value.kind !== "same") return null;
    if (this.#of !== shown.a) this.#inPicture = new Map();
    this.#of = shown.a;
    const key = `${a} ${b}`;
    const known = this.#inPicture.get(key);
    if (known !== undefined) return known;
    const way = motionOf(from.positions, to.positions, shown.a.header.value?.nDims ?? 3);
    this.#inPicture.set(key, way);
    return way;
  }

  #displaced(side: Side, frame: number): Float32Array | null {
    if (this.isInCodes) return this.#pair.pair.value?.layers[frame]?.displaced ?? null;
    const { path, back } = this.#pair.clock;
    return side === "a"
      ? this.inPicture(frame, Math.round(followPath(path, frame)))
      : this.inPicture(Math.round(followPath(back, frame)), frame);
  }
}

function joined(a: Domain, b: Domain): Domain {
  return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
}

/** A scale for ways of which many are none. */
function domainOf(all: readonly Float32Array[]): Domain {
  let low = Infinity;
  let high = 0;
  for (const ways of all) {
    high = Math.max(high, quantile(ways, 0.98));
    low = Math.min(low, quantile(ways, 0.25));
  }
  if (high === 0) return [0, 1];
  return [Math.max(low, high / widestScale), high];
}
