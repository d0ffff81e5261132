import { Clock } from "./clock.ts";
import {
  followPath,
  type FramePath,
  framePathOf,
  mapPlayhead,
  type WarpPath,
} from "./frame_path.ts";
import type { Playhead } from "./timeline.ts";

/**
 * One timeline for two scans. It counts in a's frames; b shows the same frame, or the one that a path
 * says. A frame is there when it is there for both.
 */
export class PairClock {
  readonly a: Clock = new LeadingClock(this);
  readonly b: Clock = new FollowingClock(this);
  #path: FramePath | null = null;
  #back: FramePath | null = null;
  readonly #counts = { a: 0, b: 0 };
  readonly #available = { a: 0, b: 0 };
  /** A scan that cannot be had: the other one is watched without it. */
  readonly #missing = { a: false, b: false };

  /** a's frame → b's; null takes frames one by one. */
  get path(): FramePath | null {
    return this.#path;
  }

  /** b's frame → a's; null takes frames one by one. */
  get back(): FramePath | null {
    return this.#back;
  }

  /** Lets b follow a path, or a's frames one by one. */
  setWarp(warp: WarpPath | null): void {
    this.#path = warp === null ? null : framePathOf(warp);
    this.#back = warp === null ? null : framePathOf(warp, true);
    this.#apply();
  }

  setMissing(side: "a" | "b", missing: boolean): void {
    this.#missing[side] = missing;
    this.#apply();
  }

  setFrames(side: "a" | "b", count: number, available: number): void {
    this.#counts[side] = count;
    this.#available[side] = available;
    this.#apply();
  }

  reset(side: "a" | "b"): void {
    this.#counts[side] = this.#available[side] = 0;
    this.a.timeline.reset();
    this.#apply();
  }

  #apply(): void {
    const count = Math.max(this.#counts.a, this.#counts.b);
    const a = this.#missing.a ? count : this.#available.a;
    const b = this.#missing.b ? count : this.#available.b;
    let available = 0;
    while (available < a && Math.floor(followPath(this.#path, available)) < b) available++;
    this.a.timeline.setFrames(count, Math.min(available, count));
    (this.a as LeadingClock).tellBoth();
  }
}

class LeadingClock extends Clock {
  constructor(readonly pair: PairClock) {
    super();
  }

  override setFrames(count: number, available: number): void {
    this.pair.setFrames("a", count, available);
  }

  override reset(): void {
    this.pair.reset("a");
  }

  tellBoth(): void {
    this.tell();
  }

  protected override tell(): void {
    super.tell();
    (this.pair.b as FollowingClock).tellAfter();
  }
}

/** What it is asked to do, the leading clock does. */
class FollowingClock extends Clock {
  constructor(readonly pair: PairClock) {
    super(pair.a.timeline);
  }

  override setFrames(count: number, available: number): void {
    this.pair.setFrames("b", count, available);
  }

  override reset(): void {
    this.pair.reset("b");
  }

  /** Time passes for the leading clock alone. */
  override tick(_elapsedMs: number): boolean {
    return false;
  }

  override seek(layer: number): void {
    super.seek(followPath(this.pair.back, layer));
  }

  override scrub(position: number): void {
    super.scrub(followPath(this.pair.back, position));
  }

  tellAfter(): void {
    super.tell();
  }

  protected override read(): Playhead {
    return mapPlayhead(this.pair.path, this.timeline.playhead());
  }

  protected override tell(): void {
    (this.pair.a as LeadingClock).tellBoth();
  }
}

/** Shows what another clock shows, to a scan whose own frames are of no account for the time. */
export class EchoClock extends Clock {
  constructor(source: Clock) {
    super(source.timeline);
    source.playhead.follow((playhead) => this.playhead.value = playhead);
    source.layer.follow((layer) => this.layer.value = layer);
    source.playing.follow((playing) => this.playing.value = playing);
    source.waiting.follow((waiting) => this.waiting.value = waiting);
    source.moving.follow((moving) => this.moving.value = moving);
  }

  override setFrames(_count: number, _available: number): void {}

  override reset(): void {}

  protected override tell(): void {}
}
