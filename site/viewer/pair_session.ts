/**
 * Two scans being compared: both files, one clock, and what is chosen. Panels and scene follow it; it
 * knows neither.
 */

import type { Pair, Rung } from "../../scan/format/pair_types.ts";
import type { Header } from "../../scan/format/types.ts";

import { EchoClock, PairClock } from "./pair_clock.ts";
import { PairPaints } from "./pair_paint.ts";
import {
  noSelection,
  plainLadder,
  readersOf,
  rungOfTokens,
  rungsRead,
  sameSelection,
  type Selection,
  type Side,
} from "./selection.ts";
import { Session } from "./session.ts";
import { makeSettings } from "./settings.ts";
import { Disposer, Tracked } from "./state.ts";
import { fetchPair, LoadError, type StreamOptions } from "./stream.ts";
import { easeOut, type Playhead } from "./timeline.ts";

export type { Selection, Side } from "./selection.ts";

export const arrangements = ["together", "beside"] as const;
/** One cloud that turns from a into b, or both next to each other. */
export type Arrangement = typeof arrangements[number];

export const alignments = ["layers", "warped"] as const;
/** Whether b shows the layer that a shows, or the one that is most alike. */
export type Alignment = typeof alignments[number];

export const spaces = ["picture", "difference"] as const;
/** Which frames are shown: the family's picture, or the strongest directions of the difference. */
export type Space = typeof spaces[number];

/** Whether a's particle i and b's particle i are the same particle. */
export type Correspondence =
  | { readonly kind: "unknown" }
  | { readonly kind: "same" }
  | {
    readonly kind: "different";
    readonly reason: string;
    /** Whether they stand in one picture all the same; if not, they are shown side by side alone. */
    readonly together: boolean;
  };

export type PairLoading =
  | { readonly kind: "idle" | "loading" | "complete" }
  | { readonly kind: "failed"; readonly error: LoadError };

/** How long the way from one end of the blend to the other takes. */
const blendMs = 700;

export interface PairSessionOptions extends StreamOptions {
  /** How to get a pair's side file; for tests. */
  readonly fetchPair?: (url: string, options: StreamOptions) => Promise<Pair>;
}

export class PairSession {
  /** Of both. */
  readonly settings = makeSettings("displacement");
  readonly clock = new PairClock();
  readonly a: Session;
  readonly b: Session;
  /** The side file, null before it has been loaded. */
  readonly pair = new Tracked<Pair | null>(null);
  readonly pairLoading = new Tracked<PairLoading>({ kind: "idle" });
  readonly selection = new Tracked<Selection>(noSelection, sameSelection);
  readonly arrangement = new Tracked<Arrangement>("together");
  /** 0 shows a, 1 shows b; of account in `together`. */
  readonly blend = new Tracked(0);
  /** Whether the ends that are not shown are drawn faintly. */
  readonly ghost = new Tracked(true);
  /** Whether lines lead from each displaced particle's place in a to its place in b. */
  readonly arrows = new Tracked(false);
  readonly aligned = new Tracked<Alignment>("layers");
  readonly space = new Tracked<Space>("picture");
  readonly correspondence = new Tracked<Correspondence>(
    { kind: "unknown" },
    (a, b) =>
      a.kind === b.kind &&
      (a.kind !== "different" || b.kind !== "different" || a.together === b.together),
  );
  /** The sessions whose frames are shown: `a` and `b`, or those of the difference. */
  readonly showing: Tracked<{ readonly [side in Side]: Session }>;
  /** Whether the difference's frames are on their way, or why they are not there. */
  readonly differenceLoading = new Tracked<PairLoading>({ kind: "idle" });
  /** Whether time changes anything: a layer's way or the blend's. */
  readonly moving = new Tracked(false);

  /** What the particles' colours show. */
  readonly paints = new PairPaints(this);

  readonly #options: PairSessionOptions;
  readonly #disposer = new Disposer();
  readonly #abort = new AbortController();
  #pairRequest: Promise<Pair> | null = null;
  #pairUrl: string | null = null;
  #difference: { readonly [side in Side]: Session } | null = null;
  #differenceUrls: { readonly [side in Side]: string } | null = null;
  #glide: { readonly from: number; readonly to: number; elapsedMs: number } | null = null;

  constructor(options: PairSessionOptions = {}) {
    this.#options = options;
    const { settings, clock } = this;
    this.a = new Session(options, { settings, clock: clock.a });
    this.b = new Session(options, { settings, clock: clock.b });
    this.showing = new Tracked<{ readonly [side in Side]: Session }>({ a: this.a, b: this.b });
    for (const side of ["a", "b"] as const) {
      this.#disposer.add(
        this[side].header.subscribe(() => this.#compare()),
        this[side].loading.subscribe(({ kind }) => clock.setMissing(side, kind === "failed")),
      );
    }
    const warp = () => {
      const path = this.pair.value?.header.warp ?? null;
      clock.setWarp(this.aligned.value === "warped" ? path : null);
    };
    this.#disposer.add(
      this.aligned.subscribe(warp),
      this.pair.subscribe(warp),
      this.space.subscribe(() => void this.#show()),
      clock.a.moving.subscribe(() => this.#tellMoving()),
    );
  }

  // What is watched is a's layer; b follows.

  get layer(): Tracked<number> {
    return this.clock.a.layer;
  }

  get playhead(): Tracked<Playhead> {
    return this.clock.a.playhead;
  }

  get playing(): Tracked<boolean> {
    return this.clock.a.playing;
  }

  get nFrames(): number {
    return this.a.nFrames || this.b.nFrames;
  }

  /** Whether both can stand in one picture, as far as is known. */
  get canMeet(): boolean {
    const { value } = this.correspondence;
    return value.kind !== "different" || value.together;
  }

  /** Shows both together, or side by side; the second alone where they cannot meet. */
  arrange(arrangement: Arrangement): void {
    this.arrangement.value = this.canMeet ? arrangement : "beside";
  }

  get shown(): { readonly [side in Side]: Session } {
    return this.showing.value;
  }

  /** Whether there are frames of the difference. */
  get hasDifference(): boolean {
    return this.#differenceUrls !== null;
  }

  /** Where the frames of the difference are; without them there is only the picture. */
  set differenceUrls(urls: { readonly [side in Side]: string } | null) {
    const known = this.#differenceUrls;
    if (known?.a === urls?.a && known?.b === urls?.b) return;
    this.#differenceUrls = urls;
    const stale = this.#difference;
    this.#difference = null;
    if (this.shown.a !== this.a) this.showing.value = { a: this.a, b: this.b };
    stale?.a.dispose();
    stale?.b.dispose();
    void this.#show();
  }

  /** The token ladder: the pair's own, before it is known tokens by their place. */
  get ladder(): readonly Rung[] {
    return this.pair.value?.header.ladder ??
      plainLadder(this.a.header.value?.tokens ?? [], this.b.header.value?.tokens ?? []);
  }

  /** Starts to load both scans; what happens is told by `a` and `b`. */
  async load(urls: { readonly [side in Side]: string }): Promise<void> {
    await Promise.all([this.a.load(urls.a), this.b.load(urls.b)]);
  }

  /**
   * Loads a side file, once, in place of another; a failure is told by `pairLoading` too.
   *
   * @throws {LoadError}
   */
  loadPair(url: string): Promise<Pair> {
    if (this.#pairRequest !== null && this.#pairUrl === url) return this.#pairRequest;
    this.#pairUrl = url;
    this.pair.value = null;
    this.pairLoading.value = { kind: "loading" };
    const { signal } = this.#abort;
    const get = this.#options.fetchPair ?? fetchPair;
    this.#pairRequest = get(url, { ...this.#options, signal }).then((pair) => {
      // Another may have been asked for since.
      if (this.#pairUrl !== url) return pair;
      this.pair.value = pair;
      this.pairLoading.value = { kind: "complete" };
      return pair;
    }, (error) => {
      if (this.#pairUrl !== url) throw error;
      // The next call may try again.
      this.#pairRequest = null;
      if (error instanceof LoadError && !signal.aborted) {
        this.pairLoading.value = { kind: "failed", error };
      }
      throw error;
    });
    return this.#pairRequest;
  }

  /**
   * The particles of a side that a selection means: those that read the cell's token more than any other
   * in that layer, or the chosen ones themselves.
   */
  particlesOf(selection: Selection, side: Side): ReadonlySet<number> {
    if (selection.kind === "particles") return selection.particles;
    if (selection.kind === "none") return new Set();
    const token = this.ladder[selection.rung]?.[side] ?? null;
    return readersOf(this[side].shapes[selection.frame]?.frame, token);
  }

  /** Rungs that a selection means: the cell's, or those of the tokens that the particles read here. */
  rungsOf(selection: Selection): ReadonlySet<number> {
    if (selection.kind === "none") return new Set();
    if (selection.kind === "cell") return new Set([selection.rung]);
    const { ladder } = this;
    const [ofA, ofB] = (["a", "b"] as const).map((side) => {
      const session = this[side];
      const frame = session.shapes[session.layer.value]?.frame;
      return rungsRead(frame, selection.particles, rungOfTokens(ladder, side));
    });
    return ofA.union(ofB);
  }

  /** Chooses the particles of the layer on show that read a rung's tokens. */
  chooseRung(rung: number): void {
    const particles = new Set<number>();
    for (const side of ["a", "b"] as const) {
      const session = this[side];
      const token = this.ladder[rung]?.[side] ?? null;
      for (const one of readersOf(session.shapes[session.layer.value]?.frame, token)) {
        particles.add(one);
      }
    }
    this.selection.value = particles.size === 0 ? noSelection : { kind: "particles", particles };
  }

  /** Lets the blend run to a place, 0 … 1. @param atOnce where motion is reduced */
  blendTo(place: number, atOnce = false): void {
    const to = Math.min(1, Math.max(0, place));
    this.#glide = null;
    if (atOnce) this.blend.value = to;
    else if (to !== this.blend.value) this.#glide = { from: this.blend.value, to, elapsedMs: 0 };
    this.#tellMoving();
  }

  /** Where the blend is going. */
  get blendTarget(): number {
    return this.#glide?.to ?? this.blend.value;
  }

  /** Lets time pass. @returns whether what is on show changed */
  tick(elapsedMs: number): boolean {
    const changed = this.clock.a.tick(elapsedMs);
    const glide = this.#glide;
    if (glide === null) return changed;
    glide.elapsedMs += elapsedMs;
    const t = Math.min(1, glide.elapsedMs / (blendMs * Math.sqrt(Math.abs(glide.to - glide.from))));
    this.blend.value = t === 1 ? glide.to : glide.from + (glide.to - glide.from) * easeOut(t);
    if (t === 1) this.#glide = null;
    this.#tellMoving();
    return true;
  }

  play(atOnce = true): void {
    this.clock.a.play(atOnce);
  }

  pause(): void {
    this.clock.a.pause();
  }

  toggle(): void {
    this.a.toggle();
  }

  step(by: number): void {
    this.clock.a.step(by);
  }

  seek(layer: number): void {
    this.clock.a.seek(layer);
  }

  /** Stops loading and computing for good. */
  dispose(): void {
    this.#abort.abort();
    this.#disposer.dispose();
    this.a.dispose();
    this.b.dispose();
    this.#difference?.a.dispose();
    this.#difference?.b.dispose();
  }

  /** Shows the frames of the chosen space as soon as all of them are there. */
  async #show(): Promise<void> {
    const picture = { a: this.a, b: this.b };
    const urls = this.#differenceUrls;
    if (this.space.value === "picture" || urls === null) {
      if (this.shown.a !== this.a) this.showing.value = picture;
      return;
    }
    if (this.#difference === null) {
      const { settings, clock } = this;
      this.#difference = {
        a: new Session(this.#options, { settings, clock: new EchoClock(clock.a) }),
        b: new Session(this.#options, { settings, clock: new EchoClock(clock.b) }),
      };
    }
    const difference = this.#difference;
    const sides = [difference.a, difference.b];
    if (sides.some(({ loading }) => loading.value.kind !== "complete")) {
      this.differenceLoading.value = { kind: "loading" };
      await Promise.all((["a", "b"] as const).map((side) => difference[side].load(urls[side])));
      if (this.#difference !== difference) return;
      const failed = sides.map(({ loading }) => loading.value).find(({ kind }) =>
        kind === "failed"
      );
      if (failed?.kind === "failed") {
        this.differenceLoading.value = failed;
        this.space.value = "picture";
        return;
      }
    }
    // Meanwhile others may have been asked for.
    if (this.#difference !== difference) return;
    this.differenceLoading.value = { kind: "complete" };
    if (this.space.value === "difference") this.showing.value = difference;
  }

  #tellMoving(): void {
    this.moving.value = this.#glide !== null || this.clock.a.moving.value;
  }

  #compare(): void {
    const [a, b] = [this.a.header.value, this.b.header.value];
    if (a === null || b === null) this.correspondence.value = { kind: "unknown" };
    else {
      const together = haveOnePicture(a, b);
      const reason = together ? whyDifferent(a, b) : notTogether;
      this.correspondence.value = reason === null
        ? { kind: "same" }
        : { kind: "different", reason, together };
      // Places of two pictures mean nothing to each other.
      if (!this.canMeet) this.arrangement.value = "beside";
    }
  }
}

const notTogether = "The prompts were not projected together: each has a picture of its own.";

/** Whether a place means the same in both: members of one family are projected together. */
function haveOnePicture(a: Header, b: Header): boolean {
  return a.prompt.family === b.prompt.family && a.model.digest === b.model.digest &&
    a.nDims === b.nDims;
}

/** Why a's particle i is not b's particle i, or null where it is. */
function whyDifferent(a: Header, b: Header): string | null {
  return a.nParticles === b.nParticles
    ? null
    : `The prompts have ${a.nParticles} and ${b.nParticles} particles: none of one is one of the other.`;
}
