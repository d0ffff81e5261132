/** Fingers on a touch screen, as the browser's own input queue gets them. */
import type { CDPSession, Page } from "playwright-core";

/** A place in CSS pixels of the viewport. */
export type Place = readonly [x: number, y: number];

/** All fingers go down together, move together and are lifted together. */
export class Fingers {
  private constructor(private readonly session: CDPSession) {}

  static async of(page: Page): Promise<Fingers> {
    return new Fingers(await page.context().newCDPSession(page));
  }

  /** Moves each finger along a straight line. @param from one place for each finger, as in `to` */
  async drag(from: readonly Place[], to: readonly Place[], nSteps = 12): Promise<void> {
    // One finger after another, as hands do it.
    for (let count = 1; count <= from.length; count++) {
      await this.#send("touchStart", from.slice(0, count));
    }
    for (let step = 1; step <= nSteps; step++) {
      const t = step / nSteps;
      const at = from.map(([x, y], i): Place => [x + (to[i][0] - x) * t, y + (to[i][1] - y) * t]);
      await this.#send("touchMove", at);
    }
    for (let count = to.length - 1; count >= 0; count--) {
      await this.#send("touchEnd", to.slice(0, count));
    }
  }

  async #send(type: "touchStart" | "touchMove" | "touchEnd", places: readonly Place[]) {
    const touchPoints = places.map(([x, y], id) => ({ x: Math.round(x), y: Math.round(y), id }));
    await this.session.send("Input.dispatchTouchEvent", { type, touchPoints });
  }
}
