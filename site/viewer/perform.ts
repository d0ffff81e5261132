import type { Action } from "./keys.ts";
import type { Colouring, Settings } from "./settings.ts";

/** What keys move: layers. */
interface Player {
  readonly settings: Settings;
  readonly nFrames: number;
  toggle(): void;
  step(by: number): void;
  seek(layer: number): void;
}

/** What keys move: the camera. */
interface Camera {
  nudge(azimuth: number, polar: number, zoomFactor: number): void;
  resetCamera(): void;
}

/** How far an arrow key turns, in radians. */
const turn = Math.PI / 15;

/**
 * Does what a key means on every stage.
 *
 * @param colourings those that the key for the next colouring goes through
 */
export function performOnStage(
  action: Action,
  player: Player,
  camera: Camera | null,
  colourings: readonly Colouring[],
  showShortcuts: () => void,
): void {
  const { settings } = player;
  switch (action) {
    case "toggle":
      return player.toggle();
    case "back":
      return player.step(-1);
    case "forward":
      return player.step(1);
    case "first":
      return player.seek(0);
    case "last":
      return player.seek(player.nFrames - 1);
    case "left":
      return camera?.nudge(-turn, 0, 1);
    case "right":
      return camera?.nudge(turn, 0, 1);
    case "up":
      return camera?.nudge(0, -turn, 1);
    case "down":
      return camera?.nudge(0, turn, 1);
    case "nearer":
      return camera?.nudge(0, 0, 1.2);
    case "farther":
      return camera?.nudge(0, 0, 1 / 1.2);
    case "edges":
      settings.edges.value = !settings.edges.value;
      return;
    case "colour":
      settings.colour.value =
        colourings[(colourings.indexOf(settings.colour.value) + 1) % colourings.length];
      return;
    case "reset":
      return camera?.resetCamera();
    case "help":
      showShortcuts();
  }
}
