/**
 * One scan being watched: its file, its clock, its settings. Panels and scene follow it; it knows
 * neither. Two sessions with one clock are a comparison, see `pair_session.ts`.
 */

import type { Frame, Guess, Header, LensGrid } from "../../scan/format/types.ts";
import {
  type Domain,
  type Extent,
  extentOf,
  identityOf,
  motionOf,
  quantile,
  spacingOf,
} from "./cloud_data.ts";
import { Clock } from "./clock.ts";
import { edgesOf, searchNeighbours } from "./neighbours.ts";
import { colourings, makeSettings, type Settings } from "./settings.ts";
import { runSliced } from "./slices.ts";
import { Disposer, Tracked } from "./state.ts";
import { fetchLens, LoadError, type StreamOptions, streamScan } from "./stream.ts";
import type { Timeline } from "./timeline.ts";

/** Edges per particle, as in the original. */
export const neighboursPerParticle = 3;

/** What a frame's picture is made of, besides its positions. */
export interface FrameShape {
  readonly frame: Frame;
  readonly extent: Extent;
  /** [nParticles] */
  readonly motion: Float32Array;
}

/** Found a moment after the frame. */
export interface FrameEdges {
  /** [nEdges, 2] */
  readonly ends: Int32Array;
  /** [nEdges], in projection units */
  readonly lengths: Float32Array;
  /** [nParticles] mean distance to the neighbours */
  readonly spacing: Float32Array;
}

export type Loading =
  | { readonly kind: "idle" }
  | { readonly kind: "loading" }
  | { readonly kind: "complete"; readonly verified: boolean }
  | { readonly kind: "failed"; readonly error: LoadError };

/** Ends of the colour scales over all frames that have arrived. */
export interface Domains {
  readonly motion: Domain;
  readonly spacing: Domain;
  readonly edge: Domain;
}

/** High end of a colour scale over its low end, at most: seven octaves. */
const widestScale = 128;

const noDomains: Domains = { motion: [0, 1], spacing: [0, 1], edge: [0, 1] };

export class Session {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly header = new Tracked<Header | null>(null);
  readonly loading = new Tracked<Loading>({ kind: "idle" });
  /** How many frames are in `shapes`. */
  readonly arrived = new Tracked(0);
  /** How many frames are in `edges`. */
  readonly linked = new Tracked(0);
  readonly domains = new Tracked<Domains>(noDomains);
  /** The token whose guesses are shown; null is the last one. */
  readonly token = new Tracked<number | null>(null);
  readonly lens = new Tracked<LensGrid | null>(null);
  readonly shapes: FrameShape[] = [];
  readonly edges: FrameEdges[] = [];
  /** [nParticles] of the first frame; null before it. */
  identity: Float32Array | null = null;

  readonly #streaming: StreamOptions;
  readonly #disposer = new Disposer();
  #abort = new AbortController();
  #lensRequest: Promise<LensGrid> | null = null;
  #linking = false;

  /**
   * @param streaming how to fetch; `signal` is the session's own
   * @param shared settings and clock that it has in common with others
   */
  constructor(
    streaming: StreamOptions = {},
    shared: { readonly settings?: Settings; readonly clock?: Clock } = {},
  ) {
    this.#streaming = streaming;
    this.settings = shared.settings ?? makeSettings();
    this.clock = shared.clock ?? new Clock();
    this.#disposer.add(this.settings.speed.follow((speed) => this.timeline.speed = speed));
  }

  get timeline(): Timeline {
    return this.clock.timeline;
  }

  get playhead(): Clock["playhead"] {
    return this.clock.playhead;
  }

  get layer(): Tracked<number> {
    return this.clock.layer;
  }

  get playing(): Tracked<boolean> {
    return this.clock.playing;
  }

  get waiting(): Tracked<boolean> {
    return this.clock.waiting;
  }

  /** Whether time changes anything: who ticks the session wakes up when this gets true. */
  get moving(): Tracked<boolean> {
    return this.clock.moving;
  }

  /** What the colours say: the setting, or what stands in where the scan does not tell what is read. */
  get colouring(): typeof colourings[number] {
    const wanted = colourings.find((each) => each === this.settings.colour.value) ?? "token";
    const reads = this.shapes.length === 0 || this.shapes[0].frame.reads !== undefined;
    return wanted === "token" && !reads ? "identity" : wanted;
  }

  get nFrames(): number {
    return this.header.value?.layers.length ?? 0;
  }

  /**
   * Starts to load a scan. What happens is told by `loading`, `header` and `arrived`; a second call
   * starts anew.
   */
  async load(url: string): Promise<void> {
    this.#restart();
    const { signal } = this.#abort;
    this.loading.value = { kind: "loading" };
    try {
      for await (const event of streamScan(url, { ...this.#streaming, signal })) {
        if (event.type === "header") this.#begin(event.header);
        else if (event.type === "frame") this.#take(event.frame);
        else this.loading.value = { kind: "complete", verified: event.verified };
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof LoadError)) throw error;
      console.error(error.message);
      this.loading.value = { kind: "failed", error };
    }
  }

  /** Loads the lens of all tokens, once. @throws {LoadError} */
  loadLens(url: string): Promise<LensGrid> {
    const { signal } = this.#abort;
    this.#lensRequest ??= fetchLens(url, { ...this.#streaming, signal }).then(
      (grid) => this.lens.value = grid,
      (error) => {
        // The next call may try again.
        this.#lensRequest = null;
        throw error;
      },
    );
    return this.#lensRequest;
  }

  /** Lets time pass. @returns whether what is on show changed */
  tick(elapsedMs: number): boolean {
    return this.clock.tick(elapsedMs);
  }

  /** @param atOnce whether somebody asked for it, and waits for no rest before the first move */
  play(atOnce = true): void {
    this.clock.play(atOnce);
  }

  pause(): void {
    this.clock.pause();
  }

  toggle(): void {
    if (this.playing.value) this.pause();
    else this.play();
  }

  step(by: number): void {
    this.clock.step(by);
  }

  seek(layer: number): void {
    this.clock.seek(layer);
  }

  scrub(position: number): void {
    this.clock.scrub(position);
  }

  settle(): void {
    this.clock.settle();
  }

  /** The guesses on show: of the chosen token, or of the last. Empty before they have arrived. */
  guesses(): readonly Guess[] {
    const layer = this.layer.value;
    const token = this.token.value;
    const last = (this.header.value?.tokens.length ?? 0) - 1;
    if (token === null || token === last) return this.shapes[layer]?.frame.guesses ?? [];
    return this.lens.value?.guesses[layer]?.[token] ?? [];
  }

  /**
   * Calls `draw` now and whenever {@linkcode guesses} may give others.
   *
   * @returns stops that
   */
  followGuesses(draw: () => void): () => void {
    const follower = new Disposer();
    follower.add(
      this.arrived.follow(draw),
      this.layer.subscribe(draw),
      this.token.subscribe(draw),
      this.lens.subscribe(draw),
    );
    return () => follower.dispose();
  }

  /** Stops loading and computing for good. */
  dispose(): void {
    this.#abort.abort();
    this.#disposer.dispose();
  }

  #restart(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.shapes.length = 0;
    this.edges.length = 0;
    this.identity = null;
    this.#lensRequest = null;
    this.clock.reset();
    this.header.value = null;
    this.lens.value = null;
    this.token.value = null;
    this.arrived.value = 0;
    this.linked.value = 0;
    this.domains.value = noDomains;
  }

  #begin(header: Header): void {
    this.clock.setFrames(header.layers.length, 0);
    this.header.value = header;
  }

  #take(frame: Frame): void {
    const nDims = this.header.value?.nDims ?? 3;
    const previous = this.shapes.at(-1)?.frame.positions ?? null;
    const motion = motionOf(previous, frame.positions, nDims);
    if (previous === null) this.identity = identityOf(frame.positions, nDims);
    else this.#widen("motion", [quantile(motion, 0.25), quantile(motion, 0.98)]);
    this.shapes.push({ frame, extent: extentOf(frame.positions, nDims), motion });
    this.arrived.value = this.shapes.length;
    this.clock.setFrames(this.nFrames, this.shapes.length);
    void this.#link();
  }

  /** Finds the neighbours of frames that lack them, in order, one at a time. */
  async #link(): Promise<void> {
    if (this.#linking) return;
    this.#linking = true;
    const { signal } = this.#abort;
    try {
      while (this.edges.length < this.shapes.length) {
        const { positions } = this.shapes[this.edges.length].frame;
        const nDims = this.header.value?.nDims ?? 3;
        const search = searchNeighbours(positions, nDims, neighboursPerParticle);
        const neighbours = await runSliced(search, signal);
        if (signal.aborted) break;
        const spacing = spacingOf(neighbours);
        const edges = edgesOf(neighbours);
        this.edges.push({ ...edges, spacing });
        this.#widen("spacing", [quantile(spacing, 0.02), quantile(spacing, 0.98)]);
        this.#widen("edge", [quantile(edges.lengths, 0.05), quantile(edges.lengths, 0.95)]);
        this.linked.value = this.edges.length;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#linking = false;
    }
    // A restart while this ran leaves the new file's first frames to this call.
    if (this.#abort.signal !== signal) await this.#link();
  }

  /** Widens a scale so that it holds a further frame's values too. */
  #widen(key: keyof Domains, domain: Domain): void {
    const known = this.domains.value[key];
    const fresh = this.domains.value[key] === noDomains[key];
    const high = fresh ? domain[1] : Math.max(known[1], domain[1]);
    const low = Math.max(high / widestScale, fresh ? domain[0] : Math.min(known[0], domain[0]));
    if (!fresh && low === known[0] && high === known[1]) return;
    this.domains.value = { ...this.domains.value, [key]: [low, Math.max(high, low + 1e-6)] };
  }
}
