/**
 * Layer-time: which two frames are on show and how far between them. A clock that is told how much
 * time has passed and knows nothing of the screen.
 */

/** What is on show. `mix` is already eased: 0 shows `from`, 1 shows `to`. */
export interface Playhead {
  readonly from: number;
  readonly to: number;
  readonly mix: number;
  /** Place on the layer axis, 0 … nFrames − 1; runs backwards while the loop closes. */
  readonly position: number;
  /** The nearest frame: the one that words and numbers describe. */
  readonly layer: number;
}

export interface TimelineOptions {
  /** How long a frame rests at speed 1. */
  readonly dwellMs: number;
  /** How long one frame takes to become the next at speed 1. */
  readonly morphMs: number;
  /** How long the last frame rests before it turns back into the first. */
  readonly endDwellMs: number;
  /** How long a step by one layer takes; jumps take up to three times as long. 0 cuts. */
  readonly stepMs: number;
}

export const defaultTimelineOptions: TimelineOptions = {
  dwellMs: 380,
  morphMs: 950,
  endDwellMs: 2200,
  stepMs: 480,
};

/** Layers cut instead of morphing, for `prefers-reduced-motion`. */
export const reducedTimelineOptions: TimelineOptions = {
  dwellMs: 1400,
  morphMs: 0,
  endDwellMs: 2800,
  stepMs: 0,
};

export const minSpeed = 0.25;
export const maxSpeed = 4;

/**
 * A movement. A glide runs along the layer axis from one position to another; a wrap closes the loop
 * and runs from mix 0, the last frame, to mix 1, the first.
 */
interface Motion {
  readonly kind: "glide" | "wrap";
  readonly start: number;
  readonly end: number;
  readonly durationMs: number;
  /** Whether the speed setting applies. */
  readonly played: boolean;
  elapsedMs: number;
}

/** Slow start, slow end. 0 ↦ 0, 1 ↦ 1 */
export function easeInOut(t: number): number {
  return t < 0.5 ? 4 * t * t * t : 1 - Math.pow(-2 * t + 2, 3) / 2;
}

/** Quick start, slow end: what follows a key at once. 0 ↦ 0, 1 ↦ 1 */
export function easeOut(t: number): number {
  return 1 - Math.pow(1 - t, 3);
}

export class Timeline {
  #count = 0;
  #available = 0;
  #position = 0;
  #playing = false;
  #speed = 1;
  #motion: Motion | null = null;
  /** Where to glide when a wrap that was interrupted has ended. */
  #afterWrap: number | null = null;
  #restedMs = 0;
  /** A frame that was asked for before it arrived. */
  #wanted: number | null = null;
  #options: TimelineOptions;

  constructor(options: TimelineOptions = defaultTimelineOptions) {
    this.#options = options;
  }

  /** How many frames there will be. */
  get count(): number {
    return this.#count;
  }

  /** How many frames have arrived; they arrive in order. */
  get available(): number {
    return this.#available;
  }

  get playing(): boolean {
    return this.#playing;
  }

  get speed(): number {
    return this.#speed;
  }

  /** Limited to {@linkcode minSpeed} … {@linkcode maxSpeed}. */
  set speed(value: number) {
    if (Number.isFinite(value)) this.#speed = Math.min(maxSpeed, Math.max(minSpeed, value));
  }

  /** Whether it would go on if the next frame had arrived. */
  get waiting(): boolean {
    if (this.#wanted !== null) return true;
    return this.#playing && this.#motion === null && this.#available < this.#count &&
      this.#position >= this.#available - 1;
  }

  /** Whether `tick` can change anything. */
  get moving(): boolean {
    return this.#motion !== null || (this.#playing && this.#available > 1);
  }

  /** The frame that a running movement leads to, else the one on show; on the way back the nearer end. */
  get target(): number {
    if (this.#wanted !== null) return this.#wanted;
    if (this.#afterWrap !== null) return this.#afterWrap;
    if (this.#motion?.kind === "wrap") return valueOf(this.#motion) < 0.5 ? this.#last : 0;
    return Math.round(this.#motion ? this.#motion.end : this.#position);
  }

  set options(options: TimelineOptions) {
    this.#options = options;
  }

  /** Tells how many frames there will be and how many of them are here. */
  setFrames(count: number, available: number): void {
    this.#count = Math.max(0, count);
    this.#available = Math.max(0, Math.min(count, available));
    if (this.#wanted !== null && this.#wanted < this.#available) {
      const wanted = this.#wanted;
      this.#wanted = null;
      this.#glideTo(wanted, this.#options.stepMs);
    }
  }

  /** Back to the first frame of nothing, for a new file. Speed and options stay. */
  reset(): void {
    this.#count =
      this.#available =
      this.#position =
      this.#restedMs =
        0;
    this.#motion = this.#wanted = this.#afterWrap = null;
    this.#playing = false;
  }

  /** @param atOnce for those who pressed play; those who only watch see the first frame rest */
  play(atOnce = true): void {
    if (this.#playing) return;
    this.#playing = true;
    this.#restedMs = atOnce ? this.#neededRestMs : 0;
  }

  /** Stops where it is; a morph that is under way glides to its nearest end. */
  pause(): void {
    if (!this.#playing) return;
    this.#playing = false;
    this.#wanted = null;
    const motion = this.#motion;
    if (motion === null) return;
    this.#motion = null;
    if (motion.kind === "wrap") this.#leaveWrap(motion, null);
    else this.#glideTo(Math.round(this.#position), this.#options.stepMs);
  }

  /** Moves by whole frames from where the playhead is heading; pauses. */
  step(by: number): void {
    const target = this.target;
    this.seek(target + by);
  }

  /**
   * Moves to a frame and pauses. Frames between are passed through, so that the way is seen. A frame
   * that has not arrived is remembered and shown when it does.
   *
   * @param layer limited to 0 … nFrames − 1
   */
  seek(layer: number): void {
    this.#playing = false;
    this.#wanted = null;
    if (this.#count === 0) return;
    const target = Math.min(this.#count - 1, Math.max(0, Math.round(layer)));
    if (target >= this.#available) {
      this.#wanted = target;
      return;
    }
    const distance = Math.abs(target - this.#position);
    this.#glideTo(target, this.#options.stepMs * Math.min(3, Math.sqrt(Math.max(1, distance))));
  }

  /** Puts the playhead between frames, as when a scrub bar is dragged; pauses. */
  scrub(position: number): void {
    this.#playing = false;
    this.#motion = this.#wanted = this.#afterWrap = null;
    this.#position = Math.min(this.#last, Math.max(0, position));
  }

  /** Lets a scrub end on a whole frame. */
  settle(): void {
    if (this.#motion === null) this.#glideTo(Math.round(this.#position), this.#options.stepMs);
  }

  /**
   * Lets time pass.
   *
   * @returns whether what is on show changed
   */
  tick(elapsedMs: number): boolean {
    const before = this.#position;
    const hadMotion = this.#motion !== null;
    let leftMs = elapsedMs;
    // A long pause between ticks may span a rest and a morph, but never more than a few.
    for (let guard = 0; guard < 8 && leftMs > 0; guard++) {
      leftMs = this.#motion ? this.#advance(this.#motion, leftMs) : this.#rest(leftMs);
    }
    return hadMotion || this.#motion !== null || before !== this.#position;
  }

  /** What is on show now. */
  playhead(): Playhead {
    const motion = this.#motion;
    if (motion?.kind === "wrap") {
      const mix = valueOf(motion);
      const last = this.#last;
      return { from: last, to: 0, mix, position: last * (1 - mix), layer: mix < 0.5 ? last : 0 };
    }
    const last = this.#last;
    const from = Math.min(Math.floor(this.#position), last);
    const to = Math.min(from + 1, last);
    const mix = from === to ? 0 : this.#position - from;
    return { from, to, mix, position: this.#position, layer: Math.round(this.#position) };
  }

  /** The last frame that has arrived. */
  get #last(): number {
    return Math.max(0, this.#available - 1);
  }

  /** How long the frame on show rests before it goes on, at speed 1. */
  get #neededRestMs(): number {
    const { dwellMs, endDwellMs } = this.#options;
    return this.#position >= this.#count - 1 ? endDwellMs : dwellMs;
  }

  /** Brings an interrupted wrap to its nearer end, then goes on to `target`. */
  #leaveWrap(motion: Motion, target: number | null): void {
    const mix = valueOf(motion);
    this.#afterWrap = target;
    this.#motion = {
      kind: "wrap",
      start: mix,
      end: mix < 0.5 ? 0 : 1,
      durationMs: this.#options.stepMs / 2,
      played: false,
      elapsedMs: 0,
    };
  }

  #glideTo(target: number, durationMs: number, played = false): void {
    this.#restedMs = 0;
    if (this.#motion?.kind === "wrap") {
      this.#leaveWrap(this.#motion, target);
      return;
    }
    if (target === this.#position) {
      this.#motion = null;
      return;
    }
    if (durationMs <= 0) {
      this.#motion = null;
      this.#position = target;
      return;
    }
    this.#motion = {
      kind: "glide",
      start: this.#position,
      end: target,
      durationMs,
      played,
      elapsedMs: 0,
    };
  }

  /** @returns the time that is left after the motion's end */
  #advance(motion: Motion, elapsedMs: number): number {
    const speed = motion.played ? this.#speed : 1;
    motion.elapsedMs += elapsedMs * speed;
    if (motion.kind === "glide") this.#position = valueOf(motion);
    if (progressOf(motion) < 1) return 0;
    const leftMs = (motion.elapsedMs - motion.durationMs) / speed;
    this.#motion = null;
    this.#restedMs = 0;
    if (motion.kind === "wrap") this.#position = motion.end < 0.5 ? this.#last : 0;
    if (this.#afterWrap !== null) {
      const target = this.#afterWrap;
      this.#afterWrap = null;
      this.#glideTo(target, this.#options.stepMs);
    }
    return leftMs;
  }

  #rest(elapsedMs: number): number {
    if (!this.#playing || this.#available < 2) return 0;
    const { morphMs } = this.#options;
    const neededMs = this.#neededRestMs;
    this.#restedMs += elapsedMs * this.#speed;
    if (this.#restedMs < neededMs) return 0;
    const leftMs = (this.#restedMs - neededMs) / this.#speed;
    if (this.#position >= this.#count - 1) {
      this.#restedMs = 0;
      this.#motion = {
        kind: "wrap",
        start: 0,
        end: 1,
        durationMs: morphMs * 1.4,
        played: true,
        elapsedMs: 0,
      };
      return leftMs;
    }
    const next = Math.floor(this.#position) + 1;
    if (next >= this.#available) {
      // The next frame is still on its way: go on as soon as it is here.
      this.#restedMs = neededMs;
      return 0;
    }
    this.#glideTo(next, morphMs * (next - this.#position), true);
    return leftMs;
  }
}

function progressOf(motion: Motion): number {
  return motion.durationMs <= 0 ? 1 : Math.min(1, motion.elapsedMs / motion.durationMs);
}

/** Where a motion is now: a position for a glide, a mix for a wrap. */
function valueOf(motion: Motion): number {
  const t = progressOf(motion);
  if (t >= 1) return motion.end;
  const eased = motion.played ? easeInOut(t) : easeOut(t);
  return motion.start + (motion.end - motion.start) * eased;
}
