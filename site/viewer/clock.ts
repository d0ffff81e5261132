import { Tracked } from "./state.ts";
import { type Playhead, Timeline } from "./timeline.ts";

/** Layer-time that others follow: a timeline, and what it says. */
export class Clock {
  readonly playhead: Tracked<Playhead>;
  readonly layer = new Tracked(0);
  readonly playing = new Tracked(false);
  readonly waiting = new Tracked(false);
  /** Whether time changes anything: who ticks the clock wakes up when this gets true. */
  readonly moving = new Tracked(false);

  constructor(readonly timeline = new Timeline()) {
    this.playhead = new Tracked(timeline.playhead(), samePlayhead);
  }

  /** Tells how many frames there will be and how many of them are here. */
  setFrames(count: number, available: number): void {
    this.timeline.setFrames(count, available);
    this.tell();
  }

  /** Back to the first frame of nothing, for a new file. */
  reset(): void {
    this.timeline.reset();
    this.tell();
  }

  /** Lets time pass. @returns whether what is on show changed */
  tick(elapsedMs: number): boolean {
    const changed = this.timeline.tick(elapsedMs);
    this.tell();
    return changed;
  }

  /** @param atOnce whether somebody asked for it, and waits for no rest before the first move */
  play(atOnce = true): void {
    this.timeline.play(atOnce);
    this.tell();
  }

  pause(): void {
    this.timeline.pause();
    this.tell();
  }

  step(by: number): void {
    this.timeline.step(by);
    this.tell();
  }

  seek(layer: number): void {
    this.timeline.seek(layer);
    this.tell();
  }

  scrub(position: number): void {
    this.timeline.scrub(position);
    this.tell();
  }

  settle(): void {
    this.timeline.settle();
    this.tell();
  }

  /** What the timeline shows, in this clock's frames. */
  protected read(): Playhead {
    return this.timeline.playhead();
  }

  protected tell(): void {
    const playhead = this.read();
    this.playhead.value = playhead;
    this.layer.value = playhead.layer;
    this.playing.value = this.timeline.playing;
    this.waiting.value = this.timeline.waiting;
    this.moving.value = this.timeline.moving;
  }
}

function samePlayhead(a: Playhead, b: Playhead): boolean {
  return a.from === b.from && a.to === b.to && a.mix === b.mix && a.position === b.position;
}
