/** Most time that one tick brings: a machine that draws three pictures a second still keeps time. */
const maxTickMs = 350;

/**
 * Frames on demand: runs while somebody wants another tick and the stage can be seen, and stands still
 * otherwise.
 */
export class FrameLoop {
  readonly #tick: (elapsedMs: number) => boolean;
  #request = 0;
  #lastMs: number | null = null;
  #enabled = false;

  /** @param tick told how much time has passed; returns whether it wants another */
  constructor(tick: (elapsedMs: number) => boolean) {
    this.#tick = tick;
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  /** A loop that is not enabled keeps no time: what it drives stands still. */
  set enabled(on: boolean) {
    this.#enabled = on;
    if (on) this.wake();
    else this.#rest();
  }

  /** Asks for a tick. */
  wake(): void {
    if (!this.#enabled || this.#request !== 0) return;
    this.#request = requestAnimationFrame((nowMs) => this.#run(nowMs));
  }

  #run(nowMs: number): void {
    this.#request = 0;
    // The first tick after a rest brings no time: how long the rest was says nothing.
    const elapsedMs = this.#lastMs === null
      ? 0
      : Math.min(maxTickMs, Math.max(0, nowMs - this.#lastMs));
    this.#lastMs = nowMs;
    const more = this.#tick(elapsedMs);
    if (more) this.wake();
    if (this.#request === 0) this.#lastMs = null;
  }

  #rest(): void {
    cancelAnimationFrame(this.#request);
    this.#request = 0;
    this.#lastMs = null;
  }
}
